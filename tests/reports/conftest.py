"""A small world of October and November 2026, counted by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from maagal import clock
from maagal.config import settings
from maagal.db import commit, db
from maagal.ids import new_id
from tenants.intake.models import HelpRequest, RequestStep
from tenants.meetings.models import Meeting
from tenants.pairing.models import Pair, PairStep
from tenants.people.models import Membership
from tests.circle import Circle, make_person

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@dataclass(frozen=True)
class Numbers:
    """What a reader of the community's October report must find; counted by hand below."""

    people: dict[str, int]
    pairs: dict[str, int]
    meetings: dict[str, float]


HAND = Numbers(
    people={"participant": 2, "mentor": 1, "advisor": 1, "coordinator": 2, "people_total": 6, "joined": 1, "left": 1},
    pairs={"pairs_started": 1, "pairs_active": 1, "pairs_closed": 1, "seats_taken": 1},
    meetings={"meetings_held": 3, "meetings_missed": 1, "attendance": 75.0, "hours": 3.0},
)


@pytest.fixture
def clock_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let a test move the clock."""
    monkeypatch.setenv("MAAGAL_CLOCK_FILE", str(tmp_path / "clock"))
    settings.cache_clear()
    yield tmp_path / "clock"
    monkeypatch.delenv("MAAGAL_CLOCK_FILE")
    settings.cache_clear()


@pytest.fixture
def november(clock_file: Path) -> None:
    """It is the fifth of November."""
    clock.set_to(datetime(2026, 11, 5, 9, tzinfo=UTC), clock_file)


@pytest.fixture
def month(november: None, circle: Circle) -> Circle:
    """The circle after a full October: somebody came, somebody left, a pair began, another closed, four meetings."""
    rina = make_person("Rina", "Gal", "participant", circle.community)
    _of(rina).since, _of(rina).until = date(2026, 10, 6), date(2026, 10, 20)
    old = pair(circle, rina, [("trial", at(9, 1)), ("active", at(9, 20)), ("closed", at(10, 19))], lead=False)
    old.close_reason, old.closed_at, old.state = "moved", at(10, 19), "closed"
    new = pair(circle, circle.pnina, [("trial", at(10, 2)), ("active", at(10, 25))])
    for day, state in ((4, "held"), (11, "held"), (18, "missed"), (25, "held")):
        meet(new, at(10, day), state)
    meet(new, at(11, 1), "held")
    ask(circle.community, circle.pnina, at(10, 1), "accepted", at(10, 2))
    commit()
    return circle


def at(month: int, day: int) -> datetime:
    """Return noon of a day."""
    return datetime(2026, month, day, 9, tzinfo=UTC)


def pair(circle: Circle, participant: UUID, path: list[tuple[str, datetime]], *, lead: bool = True) -> Pair:
    """Add a pair of Miri's with its path."""
    made = Pair(
        id=new_id(), participant_id=participant, mentor_id=circle.miri, community_id=circle.community, lead=lead,
        state=path[-1][0], offered_at=path[0][1], started_at=path[0][1],
        closed_at=path[-1][1] if path[-1][0] == "closed" else None,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    db.session.add_all(PairStep(pair_id=made.id, state=state, at=moment) for state, moment in path)
    return made


def meet(held_by: Pair, moment: datetime, state: str) -> None:
    """Add a meeting of one hour."""
    ends = moment + timedelta(hours=1)
    db.session.add(Meeting(pair_id=held_by.id, starts_at=moment, ends_at=ends, state=state))


def ask(community: UUID, person: UUID, asked: datetime, state: str, decided: datetime) -> None:
    """Add a request for help that was decided."""
    made = HelpRequest(id=new_id(), person_id=person, community_id=community, state=state, asked_at=asked)
    made.decided_at = decided
    db.session.add(made)
    db.session.flush()
    db.session.add(RequestStep(request_id=made.id, state=state, at=decided))


def _of(person: UUID) -> Membership:
    return db.session.scalars(db.select(Membership).where(Membership.person_id == person)).one()
