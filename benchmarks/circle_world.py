"""One community of 35 people, 13 pairs and twelve weeks of their meetings, for the pages' figures."""

from datetime import datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from maagal import clock, sealing
from maagal.db import commit, db, within
from maagal.ids import new_id
from maagal.opening import open_and_furnish
from maagal.tenancy import Tenant
from tenants.communities.models import Community
from tenants.meetings.models import Meeting, MeetingLog, Series
from tenants.pairing.models import Pair, PairStep
from tenants.people.models import Account, Membership, Person, Profile, SignedIn

SHAPE = {"coordinator": 2, "advisor": 3, "mentor": 15, "participant": 15}
PAIRS, WEEKS = 13, 12
SAID = "Spoke about the bank's letter, wrote an answer together, and agreed what comes next. " * 4


class World(NamedTuple):
    """The tenant, the subject of a coordinator's session, and one pair."""

    tenant: Tenant
    subject: str
    pair: UUID


def make(slug: str = "bench-pages") -> World:
    """Open a tenant and fill it."""
    tenant = open_and_furnish(slug, name="מעגל מדידה", demo=True)
    with within(tenant):
        community = Community(name="מעגל מדידה")
        db.session.add(community)
        db.session.flush()
        people = {
            role: [_person(role, number, community.id) for number in range(count)] for role, count in SHAPE.items()
        }
        pairs = [
            _pair(*two, community.id) for two in zip(people["participant"][:PAIRS], people["mentor"], strict=False)
        ]
        account = Account(person_id=people["coordinator"][0])
        db.session.add(account)
        db.session.flush()
        signed_in = SignedIn(account_id=account.id, expires_at=clock.now() + timedelta(days=1), second_factor=True)
        db.session.add(signed_in)
        db.session.flush()
        world = World(tenant, f"{tenant.id}:{account.id}:{signed_in.id}", pairs[0])
        commit()
    return world


def _person(role: str, number: int, community_id: UUID) -> UUID:
    person = Person(first_name=f"שם{number}", last_name=f"{role}", email=f"{role}{number}@example.org", gender="f")
    db.session.add(person)
    db.session.flush()
    answers = {"languages": ["he"], "life_areas": ["financial"], "screened_at": clock.today()}
    until = clock.today() + timedelta(days=300)
    db.session.add_all((
        Profile(person_id=person.id, training_valid_until=until, **answers),
        Membership(person_id=person.id, role=role, community_id=community_id, since=clock.today() - timedelta(days=120)),
    ))  # fmt: skip
    db.session.flush()
    return person.id


def _pair(participant: UUID, mentor: UUID, community: UUID) -> UUID:
    began = clock.now() - timedelta(weeks=WEEKS)
    pair = Pair(
        participant_id=participant, mentor_id=mentor, community_id=community, state="active", started_at=began,
        offered_at=began, last_held_at=clock.now() - timedelta(days=6),
    )  # fmt: skip
    db.session.add(pair)
    db.session.flush()
    states = ("offered", "introduced", "trial", "active")
    db.session.add_all(
        PairStep(pair_id=pair.id, state=state, at=began + timedelta(days=day)) for day, state in enumerate(states)
    )
    series = Series(pair_id=pair.id, weekday=0, starts=time(10), since=began.date())
    db.session.add(series)
    db.session.flush()
    for week in range(WEEKS + 1):
        _meeting(pair, series, began + timedelta(weeks=week, days=1), held=week < WEEKS)
    return pair.id


def _meeting(pair: Pair, series: Series, at: datetime, *, held: bool) -> None:
    state = "held" if held else "planned"
    meeting = Meeting(pair_id=pair.id, series_id=series.id, starts_at=at, ends_at=at + timedelta(hours=1), state=state)
    db.session.add(meeting)
    db.session.flush()
    if not held:
        return
    for author in (pair.participant_id, pair.mentor_id):
        log_id = new_id()
        shared = sealing.seal(SAID, pair.participant_id, sealing.Place("meeting_logs", log_id, "shared"))
        db.session.add(
            MeetingLog(id=log_id, meeting_id=meeting.id, author_id=author, held=True, minutes=60, shared=shared)
        )


def address(tenant: Tenant) -> str:
    """Return where the tenant answers a test client."""
    return f"http://{tenant.slug}.localhost:8000"
