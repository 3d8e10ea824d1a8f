"""PostgreSQL and Valkey out of wheels, in one folder, for one machine: start them, use their addresses, stop them."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from maagal.secrets_store import keep
from maagal.servers.place import Place, place
from maagal.servers.postgres import Postgres
from maagal.servers.valkey import Valkey


@dataclass(frozen=True)
class Servers:
    """The running servers of one folder."""

    place: Place
    postgres: Postgres
    valkey: Valkey
    each: tuple[Postgres | Valkey, ...]

    @property
    def admin_url(self) -> str:
        """The superuser's address, as SQLAlchemy reads it; for preparing only."""
        return self.postgres.url

    @property
    def redis_url(self) -> str:
        """Valkey's address as redis-py reads it; environment.broker_url makes Celery's form of it."""
        return self.valkey.url

    def stop(self) -> None:
        """End what this process started; servers found running go on."""
        for server in self.each:
            server.stop()


def start(folder: Path, *, postgres: bool = True, valkey: bool = True) -> Servers:
    """Start in FOLDER what is wanted and does not run yet.

    Servers started here end with the thread that started them. Raises StartError and OSError, each one line.
    """
    where = place(folder.absolute())
    made = Postgres(where, keep(folder, "postgres")), Valkey(where, keep(folder, "valkey"))
    each = tuple(server for server, wanted in zip(reversed(made), (valkey, postgres), strict=True) if wanted)
    servers = Servers(where, *made, each)
    with _alone(folder):
        try:
            for server in each:
                server.start()
        except BaseException:
            servers.stop()
            raise
    return servers


@contextmanager
def temporary() -> Iterator[Servers]:
    """Servers in a folder of their own that is deleted at the end, for tests."""
    folder = Path(tempfile.mkdtemp(prefix="maagal-"))
    try:
        servers = start(folder)
        try:
            yield servers
        finally:
            servers.stop()
    finally:
        place(folder).remove()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time start servers in FOLDER."""
    descriptor = os.open(folder / "starting", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
