"""A tenant with a life behind it, keys of age, and somebody to ask and somebody to approve."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from maagal import provisioning, scopes, sealing
from maagal.config import Settings
from maagal.db import commit, db, within
from maagal.ids import new_id
from maagal.leaving import requests
from maagal.leaving.age_streams import identities_in, make_identity
from maagal.opening import open_and_furnish
from maagal.sealing import Place
from maagal.tenancy import Tenant
from tenants.audit import actions as audit
from tests import commands
from tests.circle import make_circle

NOTE = "חובות בהוצאה לפועל"


@pytest.fixture
def provisioner(context) -> Iterator[psycopg.Connection]:
    """The login that may do DDL."""
    with provisioning.connect(Settings()) as connection:
        yield connection


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    """A secret key in a file; `public_key` is its other half."""
    path = tmp_path / "identity"
    make_identity(path)
    return path


@pytest.fixture
def public_key(identity: Path) -> str:
    return str(identities_in(identity)[0].to_public())


@pytest.fixture
def grove(context, tmp_path: Path) -> Tenant:
    """A demonstration of its own with a circle, sealed texts, a chained record and a stored file."""
    slug = f"grove-{uuid.uuid4().hex[:10]}"
    made = open_and_furnish(slug, name=f"חורשה {slug}", demo=True)
    with within(made):
        live_a_little()
    return made


def live_a_little() -> None:
    """Write what leaves traces of every kind: rows, sealed texts, links of the chain, a file."""
    circle = make_circle()
    note = sealing.seal(NOTE, circle.pnina, Place("people", circle.pnina, "notes"))
    told = {"note": note, "id": circle.pnina}
    db.session.execute(text("update people set notes = :note, last_name = '=1+1' where id = :id"), told)
    for _ in range(3):
        audit.record(circle.dana, "read", "person", new_id(), person_id=circle.pnina)
    audit.chain()
    commit()
    kept = scopes.file_path("reports", "one.pdf")
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(b"%PDF-1.7 \x00\xff")


@pytest.fixture
def agreed(provisioner: psycopg.Connection, public_key: str) -> Callable[[str, str], None]:
    """Return a way to have two people want a tenant's export or erasure, without a delay."""

    def agree(slug: str, what: str) -> None:
        requests.set_recipient(provisioner, slug, public_key)
        made = requests.ask(provisioner, slug, what, by="Ada", reason="they leave", delay=timedelta(0))
        requests.approve(provisioner, made.id, by="Bo")

    return agree


@pytest.fixture
def run(context) -> Callable[..., str]:
    """Return a way to run a command that succeeds, in this house, for what it prints."""
    return commands.run
