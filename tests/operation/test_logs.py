"""What a running house writes down: a line for each request that finds it again, and nothing that a person is called or wrote."""

import json
import time
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from maagal.access import WELL_FORMED
from maagal.tour.house import House
from tests.operation.conftest import MARK, Ask, lines


def asked_lines(house: House, request_id: str) -> list[dict[str, object]]:
    """Wait for the line of a request; its last byte may arrive a moment before its line is written."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if found := [each for each in lines(house, "web") if each.get("request") == request_id and each["event"] == "asked"]:
            return found
        time.sleep(0.1)
    return []


def test_each_request_has_one_line_with_its_tenant_endpoint_status_and_time(
    running: House, ask: Ask, administrator: psycopg.Connection
) -> None:
    status, headers, _body = ask(f"/sign-in?next=/{MARK}")
    assert status == 200
    (line,) = asked_lines(running, headers["x-request-id"])
    row = administrator.execute("select id from control.tenants where slug = 'ash'").fetchone()
    assert row
    assert UUID(str(line["tenant"])) == row[0]
    assert (line["method"], line["endpoint"], line["status"]) == ("GET", "sign_in.ask", 200)
    assert isinstance(line["ms"], float)
    assert set(line) == {"event", "method", "endpoint", "status", "ms", "tenant", "request", "level", "timestamp"}


def test_what_leads_nowhere_or_is_refused_early_has_its_line_too(running: House, ask: Ask) -> None:
    for path, host, status in ((f"/{MARK}", "ash.localhost", 404), ("/", f"{MARK}.localhost", 404), ("/", f"{MARK}..x", 400)):
        said, headers, _body = ask(path, Host=host)
        assert said == status
        (line,) = asked_lines(running, headers["x-request-id"])
        assert (line["endpoint"] == "-" or host.startswith(MARK), line["status"]) == (True, status)


def test_nobody_chooses_their_requests_id_where_no_proxy_stands_before_us(ask: Ask) -> None:
    _status, headers, _body = ask("/healthz", X_Request_ID=f"{MARK}-0123456789")
    assert MARK not in headers["x-request-id"]
    assert WELL_FORMED.match(headers["x-request-id"])


@pytest.mark.parametrize("given", ["short", "a" * 65, "with space 12", "line\tbreak-12", "<script>alert</script>", "עברית-עברית"])
def test_only_an_id_as_proxies_make_them_is_taken(given: str) -> None:
    assert not WELL_FORMED.match(given)


def test_no_log_holds_what_was_asked_written_or_refused(running: House, ask: Ask, administrator: psycopg.Connection) -> None:
    ask(f"/sign-in?email={MARK}@example.org")
    told = {"User_Agent": MARK, "Referer": f"http://{MARK}/", "Cookie": f"a={MARK}"}
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    ask("/sign-in", method="POST", body=f"email={MARK}%40example.org&password={MARK}", **form, **told)
    ask(f"/{MARK}", Host=f"{MARK}.example.org", X_Forwarded_For="203.0.113.77")
    refused_by_the_database(administrator)
    stumbled_over_by_a_worker(administrator)
    deadline = time.monotonic() + 60
    while "job_failed" not in (running.instance.folder / "logs" / "worker-facts.log").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.2)
    logs = [*(running.instance.folder / "logs").glob("*.log"), running.instance._embedded().postgres.log]
    assert {"web.log", "relay.log", "postgres.log"} <= {log.name for log in logs}
    for log in logs:
        said = log.read_text(errors="replace")
        assert MARK not in said, f"{log.name}: {said[said.index(MARK) - 300 :][:600]}"
        assert "203.0.113.77" not in said


ROW = """
insert into {}.outbox (id, kind, name, body, queue, once, state, due_at, attempts, created_at, cause)
values (gen_random_uuid(), 'fact', 'maagal.opening.TenantOpened', {}, 'facts', {}, {}, now(), 0, now(), {})
"""
RING = """
insert into control.due (tenant_id, what, at) select id, 'outbox', now() from control.tenants where slug = 'ash'
on conflict (tenant_id, what) do update set at = now(), version = due.version + 1
"""
CAUSE = "cause-of-all-this"


def add(administrator: psycopg.Connection, state: str, once: str) -> None:
    """Add a row to ash's outbox whose id is the mark, and no id."""
    row = administrator.execute("select schema_name from control.tenants where slug = 'ash'").fetchone()
    assert row
    values = map(sql.Literal, (json.dumps({"tenant_id": MARK}), once, state, CAUSE))
    administrator.execute(sql.SQL(ROW).format(sql.Identifier(row[0]), *values))


def refused_by_the_database(administrator: psycopg.Connection) -> None:
    """Break a unique rule, a check and a type, with the mark in the values."""
    add(administrator, "done", MARK)
    with pytest.raises(psycopg.errors.UniqueViolation, match=MARK):
        add(administrator, "done", MARK)
    with pytest.raises(psycopg.errors.CheckViolation, match=MARK):
        administrator.execute("update control.tenants set name = %s, kind = 'other' where slug = 'ash'", [MARK])
    with pytest.raises(psycopg.errors.InvalidTextRepresentation, match=MARK):
        administrator.execute(f"select '{MARK}'::uuid")


def stumbled_over_by_a_worker(administrator: psycopg.Connection) -> None:
    """Let a worker stumble over a fact whose id is no id, because of a request that we name."""
    add(administrator, "pending", "broken")
    administrator.execute(RING)


def test_what_a_request_causes_is_found_by_its_id(running: House) -> None:
    found = [line for line in lines(running, "worker-facts") if line.get("request") == CAUSE]
    assert {line["event"] for line in found} == {"job_failed"}
    assert all("tenant" in line for line in found)


@pytest.mark.parametrize("name", ["web", "relay", "worker-facts", "worker-urgent", "beat", "provisioner", "metrics"])
def test_every_line_of_every_process_is_json(running: House, name: str) -> None:
    text = (running.instance.folder / "logs" / f"{name}.log").read_text()
    assert [line for line in text.splitlines() if line.strip() and not line.startswith("{")] == []
