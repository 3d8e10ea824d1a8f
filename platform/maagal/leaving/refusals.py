"""What can be refused here, said in one line instead of a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
import psycopg

from maagal.citus import NoCluster
from maagal.keystore import KeyUnreadable
from maagal.leaving.age_streams import CannotOpen
from maagal.leaving.requests import Refused
from maagal.leaving.snapshots import NotThere
from maagal.migrate import UnknownRevision
from maagal.provisioning import TenantRefused

PLAIN = (TenantRefused, CannotOpen, NotThere, Refused, UnknownRevision, KeyUnreadable, NoCluster, OSError)


@contextmanager
def plain_errors() -> Iterator[None]:
    """End the command with the reason; what PostgreSQL says beyond that may hold people's values and stays unsaid."""
    try:
        yield
    except psycopg.errors.LockNotAvailable as why:
        message = "somebody is still in the middle of something there: run it again in a moment"
        raise click.ClickException(message) from why
    except PLAIN as why:
        raise click.ClickException(str(why.args[0]) if isinstance(why, LookupError) else str(why)) from why
