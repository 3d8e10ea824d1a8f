"""A month is counted once and frozen; a correction is a revision of its own; two at once make one."""

from collections.abc import Callable
from contextvars import Context
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from threading import Barrier, Thread
from uuid import UUID

import pytest
from flask import Flask

from maagal import clock
from maagal.capability import House
from maagal.db import commit, db, within
from maagal.events import Outbox
from maagal.opening import TenantOpened
from maagal.tenancy import Tenant
from tenants.notifications.models import Notice
from tenants.pairing.models import Pair
from tenants.reports import actions, files, queries, reactions, schedule, tasks
from tenants.reports.events import ReportMade
from tenants.reports.models import Report
from tenants.reports.rendering.snapshot import Number, Section, from_data
from tests.circle import Circle, make_person
from tests.reports.conftest import HAND, NOVEMBER, OCTOBER


def section(report: Report, code: str) -> Section:
    return next(one for one in from_data(report.snapshot).sections if one.code == code)


def numbers(report: Report, code: str) -> dict[str, Number]:
    return {figure.code: figure.value for figure in section(report, code).figures}


def test_the_numbers_are_those_counted_by_hand(month: Circle) -> None:
    report = actions.make_report(month.community, OCTOBER)
    assert numbers(report, "people").items() >= HAND.people.items()
    assert numbers(report, "people")["seats_taken"] == HAND.pairs["seats_taken"]
    for code in ("pairs_started", "pairs_active", "pairs_closed"):
        assert numbers(report, "pairs")[code] == HAND.pairs[code]
    assert numbers(report, "meetings").items() >= HAND.meetings.items()
    waiting = numbers(report, "waiting")
    assert (waiting["requests_new"], waiting["requests_accepted"], waiting["waiting_list"]) == (1, 1, 0)
    assert waiting["waiting_for_mentor"] == 0


def test_whoever_takes_part_without_a_pair_waits_for_a_mentor(month: Circle) -> None:
    make_person("Noa", "Bar", "participant", month.community)
    assert numbers(actions.make_report(month.community, OCTOBER), "waiting")["waiting_for_mentor"] == 1


def test_each_number_stands_beside_the_month_before_and_the_last_six(month: Circle) -> None:
    report = actions.make_report(month.community, OCTOBER)
    active = next(one for one in section(report, "pairs").figures if one.code == "pairs_active")
    assert (active.value, active.previous) == (1, 1)
    line = next(one for one in section(report, "pairs").series if one.code == "pairs_active")
    assert line.points[-3:] == (("2026-08", 0), ("2026-09", 1), ("2026-10", 1))
    reasons = next(one for one in section(report, "pairs").series if one.code == "closed_by_reason")
    assert reasons.points == (("moved", 1),)


def test_the_organisations_report_puts_the_communities_side_by_side(month: Circle) -> None:
    report = actions.make_report(None, OCTOBER)
    table = section(report, "communities").tables[0]
    assert dict(zip(table.columns, table.rows[0], strict=True))["meetings_held"] == 3
    assert from_data(report.snapshot).community_name is None


def test_what_happens_later_changes_nothing_that_was_read(month: Circle) -> None:
    before = actions.make_report(month.community, OCTOBER)
    told = dict(before.snapshot)
    for each in db.session.scalars(db.select(Pair)):
        each.started_at = None
    make_person("Noa", "Bar", "mentor", month.community)
    commit()
    db.session.expire_all()
    assert actions.make_report(month.community, OCTOBER).id == before.id
    assert queries.latest(month.community, OCTOBER).snapshot == told


def test_a_correction_is_a_revision_with_its_reason_and_the_old_one_stays(month: Circle) -> None:
    first = actions.make_report(month.community, OCTOBER)
    make_person("Noa", "Bar", "mentor", month.community)
    second = actions.correct(first, "a mentor was missing", month.dana)
    assert (second.revision, second.reason, second.made_by) == (2, "a mentor was missing", month.dana)
    assert (numbers(first, "people")["mentor"], numbers(second, "people")["mentor"]) == (1, 2)
    assert [one.revision for one in queries.revisions(month.community, OCTOBER)] == [2, 1]


def test_a_correction_sent_twice_is_made_once_and_a_late_one_is_told_so(month: Circle) -> None:
    first = actions.make_report(month.community, OCTOBER)
    second = actions.correct(first, "a mentor was missing", month.dana)
    assert actions.correct(first, "a mentor was missing", month.dana).id == second.id
    with pytest.raises(actions.OutdatedError):
        actions.correct(first, "something else", month.gil)


def test_a_month_that_runs_gives_numbers_so_far_and_is_counted_again_when_it_is_over(
    month: Circle, clock_file: Path
) -> None:
    early = actions.make_report(month.community, NOVEMBER)
    assert early.is_provisional
    assert actions.make_report(month.community, NOVEMBER).id == early.id
    clock.set_to(datetime(2026, 12, 1, 3, tzinfo=UTC), clock_file)
    final = actions.make_report(month.community, NOVEMBER)
    assert (final.revision, final.is_provisional) == (2, False)
    assert actions.make_report(month.community, NOVEMBER).id == final.id


def test_a_month_to_come_has_no_report(month: Circle) -> None:
    with pytest.raises(actions.NotBegunError):
        actions.make_report(month.community, date(2026, 12, 1))


def at_once(house: Flask, tenant: Tenant, work: Callable[[], None]) -> None:
    """Do something in two threads that each commit, as two workers do."""
    ready, troubles = Barrier(2), list[BaseException]()

    def worker() -> None:
        try:
            with house.app_context(), within(tenant):
                ready.wait(10)
                work()
                commit()
        except BaseException as why:  # noqa: BLE001  whatever it is, the test must say so
            troubles.append(why)

    threads = [Thread(target=partial(Context().run, worker)) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    assert troubles == []


def test_two_workers_at_once_make_one_report_and_one_fact(month: Circle, oak: Tenant, house: Flask) -> None:
    community = str(month.community)
    at_once(house, oak, lambda: tasks.one(OCTOBER.isoformat(), community))
    assert db.session.scalar(db.select(db.func.count()).select_from(Report)) == 1
    made = db.select(db.func.count()).select_from(Outbox).where(Outbox.name == "tenants.reports.events.ReportMade")
    assert db.session.scalar(made) == 1


def test_two_schedulers_at_once_ask_for_each_report_once(month: Circle, oak: Tenant, house: Flask) -> None:
    files.fonts()  # some seconds, once
    at_once(house, oak, lambda: tasks.monthly(OCTOBER.isoformat()))
    asked = sorted(db.session.scalars(db.select(Outbox.once).where(Outbox.queue == "reports")))
    assert asked == sorted([
        f"reports.one:{month.community}:2026-10-01",
        "reports.one:all:2026-10-01",
        "reports.monthly:2026-11-01",
    ])  # fmt: skip


def test_a_new_tenants_first_report_is_due_at_five_on_the_first_and_a_quarter_with_its_last_month(
    november: None, oak: Tenant
) -> None:
    reactions.ask_for_the_first(TenantOpened(oak.id))
    row = db.session.scalars(db.select(Outbox)).one()
    assert row.due_at == datetime(2026, 12, 1, 3, tzinfo=UTC)
    tasks.monthly("2026-09-01")
    assert db.session.scalar(db.select(Outbox.body).where(Outbox.name == schedule.QUARTERLY)) == {"quarter": "2026-07-01"}


def test_every_job_of_reports_is_known_to_the_house(house: Flask) -> None:
    jobs = house.extensions["house"].listeners.jobs
    assert {schedule.MONTHLY, schedule.ONE, schedule.QUARTERLY} <= jobs.keys()
    assert isinstance(house.extensions["house"], House)


def told() -> set[UUID]:
    return set(db.session.scalars(db.select(Notice.person_id).where(Notice.kind == "reports/made")))


def test_coordinators_hear_once_of_a_report_and_whoever_made_it_does_not(month: Circle) -> None:
    report = actions.make_report(month.community, OCTOBER, made_by=month.dana)
    for _again in range(2):
        reactions.tell_its_readers(ReportMade(report.id))
    assert told() == {month.gil}
    assert db.session.scalar(db.select(db.func.count()).select_from(Notice)) == 1


def test_administration_hears_of_the_organisations_report_alone(month: Circle) -> None:
    ada = make_person("Ada", "Min", "administrator", None)
    reactions.tell_its_readers(ReportMade(actions.make_report(None, OCTOBER).id))
    assert told() == {ada}


def test_the_whole_follows_when_a_part_is_corrected(month: Circle) -> None:
    part, whole = actions.make_report(month.community, OCTOBER), actions.make_report(None, OCTOBER)
    reactions.let_the_whole_follow(ReportMade(part.id))
    assert queries.latest(None, OCTOBER).id == whole.id
    reactions.let_the_whole_follow(ReportMade(actions.correct(part, "a mentor was missing", month.dana).id))
    assert queries.latest(None, OCTOBER).revision == 2
