"""A tenant goes with everything it owns, for its own key alone, and comes back as it was."""

import csv
import io
import json
import threading
from contextlib import ExitStack

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from maagal import register, scopes
from maagal.db import commit, db, within
from maagal.leaving import exporting
from maagal.leaving.age_streams import CannotOpen, decrypting, identities_in, make_identity
from maagal.leaving.archives import unpack
from maagal.tenancy import TenantClosed
from tenants.audit import actions as audit
from tenants.audit import queries as audited
from tenants.people.models import Person
from tests.commands import refused
from tests.leaving.conftest import NOTE


def contents(file, identity) -> dict[str, bytes]:
    with file.open("rb") as source, decrypting(source, identities_in(identity)) as plain:
        return dict(unpack(plain))


@pytest.fixture
def exported(grove, agreed, run, tmp_path):
    agreed(grove.slug, "export")
    run("tenant", "export", grove.slug, "--to", tmp_path / "grove.age")
    return tmp_path / "grove.age"


def test_an_export_is_readable_without_us(exported, identity):
    told = contents(exported, identity)
    people = [json.loads(line) for line in told["tables/people.jsonl"].decode().splitlines()]
    (pnina,) = [each for each in people if each["first_name"] == "Pnina"]
    assert pnina["notes"] == {"of": pnina["id"], "text": NOTE}
    assert told["files/reports/one.pdf"] == b"%PDF-1.7 \x00\xff"
    assert "SHA-256" in told["README.en.txt"].decode()
    assert "SHA-256" in told["README.he.txt"].decode()
    assert json.loads(told["manifest.json"])["rows"]["people"] == 5
    assert json.loads(told["about.json"])["revision"]


def test_no_cell_of_its_sheets_runs_as_a_formula_and_sealed_texts_are_open(exported, identity):
    sheet = contents(exported, identity)["csv/people.csv"].decode("utf-8-sig")
    (pnina,) = [row for row in csv.DictReader(io.StringIO(sheet)) if row["first_name"] == "Pnina"]
    assert (pnina["last_name"], pnina["notes"]) == ("'=1+1", NOTE)


def test_nobody_else_opens_it_and_nothing_of_it_lies_plain_on_the_disk(exported, identity, tmp_path):
    make_identity(tmp_path / "stranger")
    with pytest.raises(CannotOpen):
        contents(exported, tmp_path / "stranger")
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert NOTE.encode() not in kept
    assert b"Pnina" not in kept


def test_it_comes_back_into_a_new_tenant_identical(grove, exported, identity, agreed, run, tmp_path):
    run("tenant", "import", exported, "--as", f"{grove.slug}-2", "--identity", identity)
    agreed(f"{grove.slug}-2", "export")
    run("tenant", "export", f"{grove.slug}-2", "--to", tmp_path / "again.age")
    before, after = contents(exported, identity), contents(tmp_path / "again.age", identity)
    for each in (before, after):
        told, manifest = json.loads(each.pop("about.json")), json.loads(each.pop("manifest.json"))
        assert told.pop("tenant")["name"] == grove.name
        assert told["revision"] == manifest["revision"]
    assert before == after


def test_what_came_back_is_closed_until_somebody_opens_it_and_is_sealed_under_keys_of_its_own(
    grove, exported, identity, run, provisioner
):
    run("tenant", "import", exported, "--as", f"{grove.slug}-2", "--identity", identity)
    back = register.by_slug(f"{grove.slug}-2")
    assert back.state == "suspended"
    with pytest.raises(TenantClosed), within(back):
        db.session.connection()
    assert "taken" in refused("tenant", "import", exported, "--as", back.slug, "--identity", identity)
    run("tenant", "resume", back.slug)
    notes = []
    for tenant in (grove, back):
        with within(tenant):
            notes.append(bytes(db.session.scalar(db.select(Person.notes).where(Person.notes.is_not(None)))))
            assert audit.broken_link(audited.chained()) is None
    assert notes[0][1:17] != notes[1][1:17]
    with within(back):
        audit.record(None, "read", "person")  # its record goes on where it was, and is as untouchable as any other
        assert audit.chain() == 1
        assert audit.broken_link(audited.chained()) is None
        commit()
        with pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(text("delete from audit"))
        db.session.rollback()
        assert scopes.file_path("reports", "one.pdf").read_bytes() == b"%PDF-1.7 \x00\xff"


def test_it_is_one_moment_though_others_write(grove, identity, public_key, tmp_path, monkeypatch, context):
    stop = threading.Event()

    def write():
        with context.app_context(), within(grove):
            while not stop.is_set():
                db.session.execute(text("update people set phone = :t where first_name in ('Dana', 'Gil')"), {"t": str(stop)})
                db.session.execute(text("insert into outbox (id, kind, name, body, queue, state, due_at, attempts, created_at) "
                    "select gen_random_uuid(), 'job', 'x', '{}', 'facts', 'done', now(), 0, now() from generate_series(1, 2)"))
                commit()

    writer = threading.Thread(target=write)
    db.session.remove()
    with ExitStack() as stack:
        stack.callback(writer.join)
        stack.callback(stop.set)
        writer.start()
        for number in range(3):
            with (tmp_path / f"{number}.age").open("wb") as file:
                exporting.write(grove.slug, [identities_in(identity)[0].to_public()], file)
    for number in range(3):
        rows = contents(tmp_path / f"{number}.age", identity)["tables/outbox.jsonl"].splitlines()
        assert sum(b'"x"' in row for row in rows) % 2 == 0


@pytest.mark.parametrize("harm", ["cut", "flipped", "foreign"])
def test_a_file_that_is_not_whole_leaves_nothing_behind(grove, exported, identity, provisioner, harm):
    content = bytearray(exported.read_bytes())
    content[len(content) // 2] ^= 1
    exported.write_bytes({"cut": exported.read_bytes()[:-300], "flipped": bytes(content), "foreign": b"age, or not"}[harm])
    schemas = "select count(*) from pg_namespace where nspname like 't\\_%'"
    had = provisioner.execute(schemas).fetchone()
    assert refused("tenant", "import", exported, "--as", f"{grove.slug}-2", "--identity", identity).startswith("Error: it is")
    assert provisioner.execute(schemas).fetchone() == had
    assert register.by_slug(f"{grove.slug}-2") is None
