"""What came back is what left, row by row and byte by byte, looked at in PostgreSQL itself and not through what wrote it."""

import hashlib
import json
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import make_url

from maagal import keystore, register, scopes, sealing, tenancy
from maagal.bootstrap import plain
from maagal.config import Settings
from maagal.db import commit, db, within
from maagal.leaving import archives, backing_up
from maagal.leaving.age_streams import encrypting, identities_in, recipient
from maagal.leaving.snapshots import KEYS, columns_of
from maagal.sealed_columns import sealed_columns
from maagal.sealing import Place
from tenants.audit import actions as audit
from tenants.audit import queries as audited
from tests.commands import refused

ROWS = 10_000
FILES = {
    "דוחות/דוח חודשי – ספטמבר \u200f(סופי).pdf": b"%PDF-1.7 \x00\xff",
    "דוחות/" + "א" * 100 + "/" + "ב" * 100 + ".csv": b"",  # longer than a plain tar header holds
    "a/line\nbreak and 'quote' \\ back.txt": bytes(range(256)) * 5,
    "b/tables/people.jsonl": b"not a table",
}
WAITING = """
insert into outbox (id, kind, name, body, queue, once, state, due_at, attempts, created_at)
select gen_random_uuid(), 'job', 'try',
  jsonb_build_object('words', 'שלום "' || n || E'" \\\\ \\n\\u2028\\t ' || chr(128150), 'n', n * 1e300), 'facts', 'once-' || n,
  (array['pending', 'handed', 'claimed', 'done', 'failed'])[1 + n % 5],
  timestamptz '2026-10-25 01:30:00.123456+03' + n * interval '1 second', n % 3, now() from generate_series(1, :rows) n
"""


@pytest.fixture
def full(grove):
    """Grove with ten thousand rows, some of which wait to be delivered, names of every kind, and somebody whose key is gone."""
    with within(grove):
        db.session.execute(text(WAITING), {"rows": ROWS})
        gone, kept = db.session.scalars(text("select id from people where first_name in ('Miri', 'Adam') order by first_name"))
        for person, words in ((gone, "אבד"), (kept, "נשאר \u200f \u2028 \x01")):
            note = sealing.seal(words, person, Place("people", person, "notes"))
            db.session.execute(text("update people set notes = :note where id = :id"), {"note": note, "id": person})
        audit.chain()
        commit()
        for name, content in FILES.items():
            path = scopes.file_path(*name.split("/"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    db.session.remove()
    with psycopg.connect(plain(make_url(Settings().provisioner_url)), autocommit=True) as connection:
        connection.execute("update control.tenants set capabilities = '{library}', locale = 'en' where id = %s", [grove.id])
    keystore.destroy(grove.id, str(gone))
    register.forget()
    return register.by_slug(grove.slug)


def rows(tenant) -> dict[str, list[tuple]]:
    """Return every row of every table in the order of its key, sealed texts opened."""
    found = {}
    with psycopg.connect(plain(make_url(Settings().database_url))) as connection, tenancy.entered(tenant):
        keys = columns_of(connection, tenant.schema, KEYS)
        for table, names in columns_of(connection, tenant.schema).items():
            order = sql.SQL(", ").join(map(sql.Identifier, keys[table]))
            wanted = sql.SQL(", ").join(map(sql.Identifier, names))
            query = sql.SQL("select {} from {} order by {}").format(wanted, sql.Identifier(tenant.schema, table), order)
            found[table] = [_opened(table, names, row) for row in connection.execute(query)]
    return found


def _opened(table, names, values) -> tuple:
    row, sealed = dict(zip(names, values, strict=True)), sealed_columns().get(table, {})
    spelled = {name: str(value) for name, value in row.items()}
    for name in sealed:
        if row[name] is not None:
            try:
                row[name] = sealing.unseal(bytes(row[name]), sealed[name].place(spelled))
            except keystore.KeyGone:
                row[name] = "nobody reads this"
    return tuple(map(repr, row.values()))


def files(tenant) -> dict[str, bytes]:
    root = scopes.files_of(tenant.schema)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def told(tenant) -> tuple:
    return tenant.name, tenant.kind, tenant.locale, tenant.timezone, tenant.capabilities, tenant.is_demo


def test_an_export_of_ten_thousand_rows_comes_back_row_by_row(full, agreed, run, identity, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "PART", 1 << 18)  # so that tables go on in a second member
    agreed(full.slug, "export")
    before = rows(full)
    assert len(before["outbox"]) >= ROWS
    run("tenant", "export", full.slug, "--to", tmp_path / "full.age")
    run("tenant", "import", tmp_path / "full.age", "--as", f"{full.slug}-2", "--identity", identity)
    back = register.by_slug(f"{full.slug}-2")
    after = rows(back)
    assert after.keys() == before.keys()
    for table in before:
        assert after[table] == before[table], table
    assert "nobody reads this" in str(after["people"])
    assert files(back) == files(full)
    assert len(files(full)) == len(FILES) + 1
    assert told(back) == told(full)
    assert (back.state, full.state) == ("suspended", "open")
    run("tenant", "resume", back.slug)
    with within(register.by_slug(back.slug)):
        assert audit.broken_link(audited.chained()) is None


def test_a_backup_of_ten_thousand_rows_comes_back_row_by_row(full, run, identity, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "PART", 1 << 18)
    saved = backing_up.back_up_tenant(full.slug, tmp_path / "backups", identities_in(identity)[0].to_public())
    before, kept = rows(full), files(full)
    with within(full):
        db.session.execute(text("delete from outbox"))
        commit()
    run("restore", "--tenant", full.slug, "--from", saved, "--identity", identity)
    back = register.by_slug(full.slug)
    assert back.schema != full.schema
    assert rows(back) == before
    assert files(back) == kept
    assert told(back) == told(full)


def test_what_waited_to_be_sent_stays_waiting_until_somebody_resumes(full, agreed, run, identity, tmp_path, context):
    agreed(full.slug, "export")
    run("tenant", "export", full.slug, "--to", tmp_path / "full.age")
    run("tenant", "import", tmp_path / "full.age", "--as", f"{full.slug}-2", "--identity", identity)
    back = register.by_slug(f"{full.slug}-2")
    with tenancy.entered(back), pytest.raises(tenancy.TenantClosed):
        db.session.connection()
    states = {row[0] for row in _ask(back, "select distinct state from outbox where name = 'try'")}
    assert states == {"pending", "handed", "claimed", "done", "failed"}


@pytest.mark.parametrize("harm", ["cut", "flipped", "foreign", "stranger"])
def test_a_backup_that_does_not_open_leaves_the_tenant_as_it_was(grove, run, identity, tmp_path, provisioner, harm):
    whose = tmp_path / "stranger"
    run("keys", "identity", whose)
    saved = backing_up.back_up_tenant(grove.slug, tmp_path / "backups", identities_in(identity)[0].to_public())
    content = bytearray(saved.read_bytes())
    content[len(content) // 2] ^= 1
    spoiled = {"cut": saved.read_bytes()[:-300], "flipped": bytes(content), "foreign": b"age, or not"}.get(harm)
    saved.write_bytes(saved.read_bytes() if spoiled is None else spoiled)
    had, folders = rows(grove), _folders()
    key = whose if harm == "stranger" else identity
    assert refused("restore", "--tenant", grove.slug, "--from", saved, "--identity", key).count("\n") == 1
    register.forget()
    assert register.by_slug(grove.slug).schema == grove.schema
    assert rows(grove) == had
    assert _folders() == folders
    assert provisioner.execute("select count(*) from control.leftovers").fetchone() == (0,)


def _folders() -> set[str]:
    return {path.name for path in (Settings().data / "files").iterdir()}


def _ask(tenant, query: str) -> list[tuple]:
    with psycopg.connect(plain(make_url(Settings().database_url))) as connection:
        connection.execute(sql.SQL("set search_path = {}").format(sql.Identifier(tenant.schema)))
        return connection.execute(query).fetchall()


ABOUT = {"format": 1, "revision": "0010_reports", "tables": {"people": ["id", "first_name"]}, "tenant": {
    "name": "x", "kind": "public", "locale": "he", "timezone": "Asia/Jerusalem", "capabilities": [], "is_demo": True,
    "settings": {}}}  # fmt: skip
FORGED = {
    "a table nobody has": {"tables/nobody.jsonl": b'{"id": 1}\n'},
    "a table of another schema": {"tables/control.tenants.jsonl": b"{}\n"},
    "the ledger": {"tables/revision.jsonl": b'{"version_num": "x"}\n'},
    "no JSON": {"tables/people.jsonl": b"nonsense\n"},
    "no text": {"tables/people.jsonl": b"\xff\xfe\n"},
    "another kind of value": {"tables/people.jsonl": b'{"id": "x", "first_name": []}\n'},
    "a column nobody has": {"about.json": json.dumps(ABOUT | {"tables": {"people": ["id", "x"]}}).encode(),
                            "tables/people.jsonl": b'{"id": "x"}\n'},
    "a kind nobody has": {"about.json": json.dumps(ABOUT | {"tenant": ABOUT["tenant"] | {"kind": "x"}}).encode()},
    "no tenant": {"about.json": json.dumps({"format": 1, "revision": "0010_reports"}).encode()},
    "a file elsewhere": {"files/../../x": b"x"},
    "an absolute file": {"files//etc/passwd-x": b"x"},
}  # fmt: skip


@pytest.mark.parametrize("what", FORGED)
def test_a_file_that_somebody_forged_is_refused_in_one_line_and_leaves_nothing(
    context, public_key, identity, provisioner, tmp_path, what
):
    members = {"about.json": json.dumps(ABOUT).encode()} | FORGED[what]
    with (tmp_path / "forged.age").open("wb") as file, encrypting(file, [recipient(public_key)]) as into:
        packing = archives.Packing(into)
        for name, content in members.items():
            packing.put(name, content)
        packing.finish()
    had = provisioner.execute("select count(*) from pg_namespace where nspname like 't\\_%'").fetchone(), _folders()
    said = refused("tenant", "import", tmp_path / "forged.age", "--as", f"f-{hashlib.md5(what.encode()).hexdigest()[:8]}",  # noqa: S324  a name
                   "--identity", identity)  # fmt: skip
    assert said.count("\n") == 1
    assert (provisioner.execute("select count(*) from pg_namespace where nspname like 't\\_%'").fetchone(), _folders()) == had
    assert provisioner.execute("select count(*) from control.leftovers").fetchone() == (0,)
    assert not Path("/etc/passwd-x").exists()
