"""The verbs of a request: asked, taken, brought from state to state."""

from typing import Any
from uuid import UUID

from maagal import clock, sealing
from maagal.db import db
from maagal.events import later, publish
from maagal.ids import new_id
from maagal.localities import places
from tenants.audit.actions import record
from tenants.communities.actions import join
from tenants.intake import drafts, queries, states
from tenants.intake.asked import Asked
from tenants.intake.events import (
    HelpRequestAccepted,
    HelpRequestEnded,
    HelpRequestSubmitted,
    HelpRequestWaitlisted,
)
from tenants.intake.models import HelpRequest, RequestStep
from tenants.people import alike
from tenants.people.models import Account, Person, Profile

STILL_OWNERLESS = "intake.still_ownerless"
OF_THE_PERSON = (
    "first_name", "last_name", "gender", "birth_year", "phone", "email", "safe_channel", "safe_hours", "may_leave_message",
    "neutral_sender",
)  # fmt: skip


def submit(asked: Asked, draft_id: UUID, *, actor_id: UUID | None = None) -> HelpRequest:
    """Write down a request and the person behind it; the same draft a second time gives the first request back.

    `actor_id` is the coordinator who wrote it down on the phone, and then owns it. Somebody who may be known already
    becomes a person of their own, without an account: a coordinator decides whether the two are one.
    """
    drafts.lock(draft_id)
    if (known := drafts.request_of(draft_id)) is not None:
        return known
    person = _person(asked)
    made = HelpRequest(
        id=new_id(), person_id=person.id, urgency=asked.urgency, life_areas=list(asked.life_areas), draft_id=draft_id,
        asked_at=clock.now(), owner_id=actor_id, owned_at=clock.now() if actor_id else None,
    )  # fmt: skip
    if asked.words:
        made.words = sealing.seal(asked.words, person.id, sealing.Place("help_requests", made.id, "words"))
    db.session.add(made)
    db.session.flush()
    _step(made, actor_id)
    drafts.blank(draft_id)
    record(actor_id, "submitted", "help_request", made.id, person_id=person.id)
    publish(HelpRequestSubmitted(made.id, person.id))
    later(STILL_OWNERLESS, made.asked_at + states.OWNERLESS, once=f"ownerless:{made.id}", request_id=made.id)
    return made


def says_the_same(request: HelpRequest, asked: Asked) -> bool:
    """Whether a request tells what was asked: a form sent twice does, a form reused for somebody else does not."""
    person, profile = queries.person_of(request)
    place = sealing.Place("help_requests", request.id, "words")
    same = {name: getattr(person, name) == getattr(asked, name) for name in OF_THE_PERSON}
    same["request"] = (request.urgency, request.life_areas) == (asked.urgency, list(asked.life_areas))
    same["words"] = sealing.unseal_or_empty(request.words, place) == asked.words
    answers = _answers(asked)
    same["profile"] = profile is not None and answers == {name: getattr(profile, name) for name in answers}
    return all(same.values())


def take(request: HelpRequest, actor_id: UUID) -> None:
    """Become the owner of a request; taking it again changes nothing."""
    if request.owner_id == actor_id:
        return
    request.owner_id, request.owned_at = actor_id, clock.now()
    _step(request, actor_id, "taken")
    _record(request, actor_id, "took")


def begin(request: HelpRequest, actor_id: UUID, note: str = "") -> None:
    """Start getting to know the person; whoever does owns the request."""
    _move(request, "in_conversation", actor_id, note=note)
    request.begun_at = clock.now()
    if request.owner_id is None:
        request.owner_id, request.owned_at = actor_id, clock.now()


def set_risk(request: HelpRequest, actor_id: UUID, risk: int, note: str = "") -> None:
    """Say how great the risk is: 0 none known, 1 a worry, 2 a risk, 3 imminent."""
    request.risk = risk
    _step(request, actor_id, f"risk_{risk}", note)
    _record(request, actor_id, "set_risk", str(risk))


def accept(request: HelpRequest, actor_id: UUID, community_id: UUID, note: str = "") -> None:
    """Accept the person into a community, as a participant from today.

    Raises InOneLine, before anything is changed, where they would meet somebody above or below them at work.
    """
    states.check(request.state, "accepted")
    join(request.person_id, "participant", community_id, actor_id=actor_id)
    _move(request, "accepted", actor_id, note=note, community_id=community_id)
    publish(HelpRequestAccepted(request.id, request.person_id, community_id))


def waitlist(request: HelpRequest, actor_id: UUID, community_id: UUID, note: str = "") -> None:
    """Put the person on a community's waiting list, in the order in which people asked."""
    _move(request, "waitlisted", actor_id, note=note, community_id=community_id)
    publish(HelpRequestWaitlisted(request.id, request.person_id, community_id))


def refer_out(request: HelpRequest, actor_id: UUID, reason: str, note: str = "") -> None:
    """Send the person on to somebody who fits better; `reason` is one of states.REASONS."""
    _move(request, "referred_out", actor_id, reason, note)
    publish(HelpRequestEnded(request.id, request.person_id))


def decline(request: HelpRequest, actor_id: UUID, reason: str, note: str = "") -> None:
    """Turn the request down; `reason` is one of states.REASONS."""
    _move(request, "declined", actor_id, reason, note)
    publish(HelpRequestEnded(request.id, request.person_id))


def withdraw(request: HelpRequest, actor_id: UUID, note: str = "") -> None:
    """Let the person, or a coordinator who was told so, take the request back."""
    _move(request, "withdrawn", actor_id, note=note)
    publish(HelpRequestEnded(request.id, request.person_id))


def _move(
    request: HelpRequest, state: str, actor_id: UUID, reason: str | None = None, note: str = "",
    community_id: UUID | None = None,
) -> None:  # fmt: skip
    states.check(request.state, state)
    request.state = state
    request.community_id = community_id or request.community_id
    request.decided_at = clock.now() if state in states.DECISIONS else None
    _step(request, actor_id, reason, note)
    _record(request, actor_id, state, reason)


def _step(request: HelpRequest, actor_id: UUID | None, reason: str | None = None, note: str = "") -> None:
    made = RequestStep(
        id=new_id(), request_id=request.id, state=request.state, actor_id=actor_id, reason=reason, at=clock.now()
    )
    if note:
        made.note = sealing.seal(note, request.person_id, sealing.Place("request_steps", made.id, "note"))
    db.session.add(made)


def _record(request: HelpRequest, actor_id: UUID, action: str, reason: str | None = None) -> None:
    theirs, place = request.person_id, request.community_id
    record(actor_id, action, "help_request", request.id, person_id=theirs, community_id=place, reason=reason)


def _person(asked: Asked) -> Person:
    person = Person(id=new_id(), locale=asked.locale, **{name: getattr(asked, name) for name in OF_THE_PERSON})
    db.session.add(person)
    db.session.flush()
    db.session.add(Profile(person_id=person.id, **_answers(asked)))
    if not alike.probable_duplicates(person):
        db.session.add(Account(person_id=person.id))
    return person


def _answers(asked: Asked) -> dict[str, Any]:
    """Return the columns of the profile."""
    return {
        "languages": list(asked.languages),
        "life_areas": list(asked.life_areas),
        "wanted_experience": list(asked.wanted_experience),
        "unwanted_experience": list(asked.unwanted_experience),
        "free_hours": [list(slot) for slot in asked.free_hours],
        "mode": asked.mode,
        "gender_preference": asked.gender_preference,
        "age_preference": asked.age_preference,
    } | places.columns(asked.place, asked.locality)
