"""Counts without content, written by an organisation's own worker; failed work tried again by it; limits that hold."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.engine import make_url

from maagal import activity, clock, control, register, scopes, tasks, usage
from maagal.bootstrap import plain
from maagal.config import Settings
from maagal.db import commit, db
from maagal.events import Outbox
from maagal.tenancy import entered
from tenants.people.commands import person
from tenants.people.models import Person
from tests.circle import token
from tests.console.conftest import post
from tests.people.importing.conftest import bring_in, check

SHEET = "תפקיד,שם פרטי,שם משפחה,טלפון,דואל,שפות\n" + "".join(
    f"משתתף,פלוני{number},אלמוני,050-966901{number},p{number}@example.org,עברית\n" for number in range(3)
)


@pytest.fixture
def limits(circle, oak) -> Iterator[object]:
    """Return a way to limit oak; afterwards there is no limit."""

    def limit(**columns: object) -> None:
        with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as connection:
            for name, value in columns.items():
                connection.execute(f"update control.tenants set {name} = %s where slug = 'oak'", [value])
        register.forget()

    yield limit
    limit(most_people=None, most_bytes=None)


def counted(oak):
    db.session.rollback()
    return dict(zip(("people", "pairs", "mails", "bytes", "waiting", "failed"), control.run(
        "select people, pairs, mails, bytes, waiting, failed from control.usage where tenant_id = %s", [oak.id])[0], strict=True),
    )  # fmt: skip


def give_up(*names):
    told = {"kind": "job", "body": {"secret": "מילים"}, "state": "failed", "attempts": 8}
    rows = [Outbox(name=name, due_at=clock.now(), **told) for name in names]
    db.session.add_all(rows)
    commit()


def run(task, tenant):
    db.session.remove()
    with entered(None):
        assert task.apply(headers={tasks.HEADER: str(tenant.id)}).state == "SUCCESS"


def page_of(console, slug):
    return re.search(r'href="(/console/organisations/[0-9a-f-]{36})"', console.get(f"/console/?q={slug}").text)[1]


def test_the_tenants_own_task_counts_and_the_console_shows_numbers(circle, oak, console):
    scopes.file_path("reports").mkdir(parents=True, exist_ok=True)
    scopes.file_path("reports", "a.pdf").write_bytes(b"x" * 1000)
    held = usage.bytes_held()
    give_up("meetings.remind", "meetings.remind", "people.check_import")
    run(tasks.count, oak)
    told = counted(oak)
    assert (told["people"], told["failed"]) == (5, {"meetings.remind": 2, "people.check_import": 1})
    assert told["bytes"] == held >= 1000
    shown = console.get(page_of(console, "oak")).text
    assert "meetings.remind" in shown
    assert "מילים" not in shown
    assert ">5<" in shown
    assert "meetings.remind" in console.get("/console/queues").text
    scopes.file_path("reports", "a.pdf").unlink()


def test_a_sweep_has_an_organisation_counted_that_did_something(circle, oak, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks.count, "apply_async", lambda **_options: asked.append(tasks.tenancy.current().slug))
    activity.forget()
    activity.note()
    tasks.sweep.apply()
    assert "oak" in asked


def test_failed_work_is_tried_again_by_the_tenants_own_worker(circle, oak, console, monkeypatch):
    give_up("meetings.remind", "people.check_import")
    run(tasks.count, oak)
    page = page_of(console, "oak")
    assert post(console, f"{page}/retries", token_from=page).status_code == 303
    assert post(console, f"{page}/retries", token_from=page).status_code == 303, "asking twice is asking once"
    assert set(db.session.scalars(select(Outbox.state).where(Outbox.attempts == 8))) == {"failed"}
    rung = []
    monkeypatch.setattr(tasks.try_again, "apply_async", lambda **_options: rung.append(tasks.tenancy.current()))
    with entered(None):
        tasks.carry_out.apply()
    assert [tenant.slug for tenant in rung] == ["oak"]
    run(tasks.try_again, oak)
    rows = db.session.execute(select(Outbox.state, Outbox.attempts).where(Outbox.body["secret"].astext == "מילים")).all()
    assert set(rows) == {("pending", 0)}
    assert counted(oak)["failed"] == {}
    rung.clear()
    with entered(None):
        tasks.carry_out.apply()
    assert rung == []


def test_a_person_beyond_the_limit_is_refused(limits, oak):
    limits(most_people=6)  # five are here
    told = ["add", "oak", "--role", "administrator", "--first"]
    added = CliRunner().invoke(person, [*told, "Noa", "--email", "noa@example.org"])
    refused = CliRunner().invoke(person, [*told, "Tal", "--email", "tal@example.org"])
    assert (added.exit_code, refused.exit_code) == (0, 1)
    assert "Error: the organisation's limit leaves room for 0" in refused.output
    assert db.session.scalar(select(db.func.count()).select_from(Person)) == 6


def test_a_sheet_beyond_the_limit_of_people_brings_nobody_and_says_so(limits, circle, browse):
    limits(most_people=7)  # five are here
    desk = browse(circle.dana)
    address = check(desk, circle.community, SHEET.encode())
    data = {"csrf_token": token(desk), "seen": re.search(r'name="seen"[^>]*value="(\d+)"', desk.get(address).text)[1]}
    refused = desk.post(f"{address}/commit", data=data)
    assert refused.status_code == 422
    assert "הארגון הגיע למספר האנשים המרבי" in refused.text
    assert "יש מקום לשני אנשים נוספים" in refused.text
    limits(most_people=8)
    bring_in(desk, address)
    assert db.session.scalar(select(db.func.count()).select_from(Person)) == 8


def test_a_file_beyond_the_limit_of_storage_is_refused_beside_the_field(limits, circle, browse):
    limits(most_bytes=50)
    desk = browse(circle.dana)
    form = {"community": str(circle.community), "sheet": (io.BytesIO(SHEET.encode()), "s.csv"), "csrf_token": token(desk)}
    answer = desk.post("/import", data=form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "נפח האחסון של הארגון מלא" in re.search(r'id="sheet-error">.*?</p>', answer.text, re.DOTALL)[0]


def test_somebody_who_asks_for_help_is_never_refused_for_a_limit(limits, circle, browse):
    limits(most_people=1)
    assert browse().get("/help").status_code == 200


def test_the_health_page_tells_a_scheduler_that_never_rang_from_one_that_does_and_one_that_stopped(
    console, oak_and_elm, pass_by
):
    swept("'-infinity'")
    assert "טרם נשמע ממנו." in console.get("/console/health").text
    swept("now()")
    assert '<p class="muted small">נשמע ממנו.</p>' in console.get("/console/health").text
    pass_by(timedelta(minutes=4))
    assert "כבר כמה דקות לא נשמע ממנו." in console.get("/console/health").text


def swept(when: str) -> None:
    """Have it that every organisation was looked at last at this moment."""
    with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as connection:
        connection.execute(f"update control.sweeps set swept_at = {when}")
