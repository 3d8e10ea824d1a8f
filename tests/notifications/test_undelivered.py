"""Mail that nobody could deliver is told to those who can reach the person some other way."""

from collections.abc import Callable
from uuid import UUID

from maagal import clock
from maagal.db import commit, db
from maagal.events import Outbox
from tenants.notifications import actions
from tests.circle import Browser, Circle

TRIAL = "notifications/trial"
Browse = Callable[..., Browser]
FRAGMENT = {"HX-Request": "true"}


def mail(person_id: UUID, state: str, *, once: str = "a", urgent: bool = False) -> None:
    actions.tell(person_id, TRIAL, once=once, urgent=urgent)
    row = db.session.scalars(db.select(Outbox).order_by(Outbox.id.desc()).limit(1)).one()
    row.state, row.done_at, row.error = state, clock.now(), "mail_550" if state == "failed" else None
    commit()


def test_the_dashboard_names_whom_mail_does_not_reach(circle: Circle, browse: Browse) -> None:
    mail(circle.miri, "failed")
    shown = browse(circle.dana).get("/dashboard").text
    assert "Miri Lev" in shown
    assert f"/people/{circle.miri}" in shown


def test_what_was_urgent_comes_first_and_is_grave(circle: Circle, browse: Browse) -> None:
    mail(circle.miri, "failed", once="a")
    mail(circle.gil, "failed", once="b", urgent=True)
    shown = browse(circle.dana).get("/dashboard").text
    assert -1 < shown.index(f"/people/{circle.gil}") < shown.index(f"/people/{circle.miri}")


def test_a_later_mail_that_arrived_ends_it(circle: Circle, browse: Browse) -> None:
    mail(circle.miri, "failed", once="a")
    mail(circle.miri, "done", once="b")
    assert f"/people/{circle.miri}" not in browse(circle.dana).get("/dashboard/exceptions", headers=FRAGMENT).text


def test_a_mail_that_is_only_late_is_nobodys_alarm(circle: Circle, browse: Browse) -> None:
    mail(circle.miri, "pending")
    assert f"/people/{circle.miri}" not in browse(circle.dana).get("/dashboard/exceptions", headers=FRAGMENT).text


def test_a_mentor_learns_nothing_of_it(circle: Circle, browse: Browse) -> None:
    mail(circle.pnina, "failed")
    assert "Pnina" not in browse(circle.miri).get("/today").text
