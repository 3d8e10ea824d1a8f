"""The verbs of a matching round: begun, changed by a coordinator's hand, published or set aside.

What the engine was given is kept in `inputs`, so that each change solves the same question again with one more word
from the coordinator; the words themselves, with who and why, are `inputs["changes"]`.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from maagal import clock
from maagal.db import db
from maagal.events import publish as tell_the_house
from maagal.ids import new_id
from tenants.audit.actions import record
from tenants.communities.models import Community
from tenants.pairing import offers
from tenants.pairing.events import RoundPublished
from tenants.pairing.gather import Gathered, gather
from tenants.pairing.matching.locks import LockRefused
from tenants.pairing.matching.people import Mentor, Participant
from tenants.pairing.matching.round import replay, solve_round, store
from tenants.pairing.matching.settings import Settings
from tenants.pairing.matching.terms import Terms
from tenants.pairing.models import Round
from tenants.pairing.path import NotNow, Unfounded

Two = tuple[str, str]


class Outcome(NamedTuple):
    """What became of one suggestion: `pair_id` of its offer, or why there is none (codes of `labels.CONSTRAINTS`)."""

    participant_id: str
    mentor_id: str
    pair_id: UUID | None
    why: str = ""


def begin(community_ids: Collection[UUID], actor_id: UUID | None = None) -> Round:
    """Match everyone who waits in these communities, as a draft."""
    taken_in = gather(community_ids)
    inputs = json.loads(store(taken_in.participants, taken_in.mentors, taken_in.settings, taken_in.terms))
    inputs["community_of"] = {one: str(place) for one, place in taken_in.community_of.items()}
    made = Round(
        id=new_id(), community_ids=sorted(community_ids), inputs=inputs | {"changes": []}, result={}, made_by=actor_id
    )  # fmt: skip
    _solve(made, inputs | {"changes": []})
    db.session.add(made)
    db.session.flush()
    for place in made.community_ids:
        record(actor_id, "began", "round", made.id, community_id=place)
    return made


def open_draft(community_ids: Collection[UUID]) -> Round | None:
    """Return the newest draft of exactly these communities. They are locked first: whoever asks at the same moment waits,
    and finds the draft that was begun meanwhile.
    """
    wanted = sorted(community_ids)
    db.session.execute(select(Community.id).where(Community.id.in_(wanted)).order_by(Community.id).with_for_update())
    theirs = select(Round).where(Round.state == "draft", Round.community_ids == wanted)
    return db.session.scalar(theirs.order_by(Round.made_at.desc()).limit(1))


def lock(
    draft: Round, participant_id: str, mentor_id: str, *, reason: str = "", actor_id: UUID | None = None
) -> None:
    """Keep a participant for a mentor; for another than the suggested one a reason is needed.

    Raises Unfounded without it, LockRefused for a pair that is impossible.
    """
    if suggested(draft).get(participant_id) != mentor_id and not reason.strip():
        raise Unfounded
    terms = _terms(draft)
    kept = {pair for pair in terms.locks if pair[0] != participant_id} | {(participant_id, mentor_id)}
    _change(draft, replace(terms, locks=frozenset(kept)), "lock", (participant_id, mentor_id), reason, actor_id)


def unlock(draft: Round, participant_id: str, *, actor_id: UUID | None = None) -> None:
    """Let the engine decide again about a participant."""
    terms = _terms(draft)
    freed = {pair for pair in terms.locks if pair[0] == participant_id}
    for two in freed:
        _change(draft, replace(terms, locks=terms.locks - freed), "unlock", two, "", actor_id)


def forbid(draft: Round, participant_id: str, mentor_id: str, *, reason: str, actor_id: UUID | None = None) -> None:
    """Rule a pair out in this round; raises Unfounded without a reason, LockRefused for somebody it does not know."""
    if not reason.strip():
        raise Unfounded
    if participant_id not in _ids(draft, "participants") or mentor_id not in _ids(draft, "mentors"):
        raise LockRefused(participant_id, mentor_id, ("unknown",))
    two, terms = (participant_id, mentor_id), _terms(draft)
    changed = replace(terms, forbids=terms.forbids | {two}, locks=terms.locks - {two})
    _change(draft, changed, "forbid", two, reason, actor_id)


def allow(draft: Round, participant_id: str, mentor_id: str, *, actor_id: UUID | None = None) -> None:
    """Take back that a pair was ruled out in this round."""
    two, terms = (participant_id, mentor_id), _terms(draft)
    if two in terms.forbids:
        _change(draft, replace(terms, forbids=terms.forbids - {two}), "allow", two, "", actor_id)


def discard(draft: Round, actor_id: UUID | None = None) -> None:
    """Set a draft aside; nobody was asked."""
    _end(draft, "discarded", actor_id)


def publish(
    draft: Round, summaries: Mapping[str, str], *, approved: bool, actor_id: UUID | None = None
) -> list[Outcome]:
    """Send the offers of a round. `summaries`: participant's id -> the text the participant approved; whoever has none
    there is left for later. A pair that became impossible meanwhile is named and the rest goes.

    Raises Unfounded without the approval, NotNow for a round that is no draft; a second publisher at the same moment is
    refused by the version (StaleDataError).
    """
    if not approved:
        raise Unfounded
    _end(draft, "published", actor_id)
    two = suggested(draft)
    offers.hold_still([UUID(one) for pair in two.items() for one in pair])
    now_so = gather(draft.community_ids)
    outcomes = [_send(draft, now_so, pair, summaries, actor_id) for pair in two.items()]
    tell_the_house(RoundPublished(draft.id))
    return outcomes


def suggested(draft: Round) -> dict[str, str]:
    """Return participant's id -> mentor's id of the draft as it stands."""
    return {row["participant_id"]: row["mentor_id"] for row in draft.result["assignments"]}


def people_of(draft: Round) -> tuple[dict[str, Participant], dict[str, Mentor], Settings, Terms]:
    """Return what the round was given: participants and mentors by id, the settings, the terms with all changes."""
    inputs = draft.inputs
    participants = {each["id"]: Participant.from_dict(each) for each in inputs["participants"]}
    mentors = {each["id"]: Mentor.from_dict(each) for each in inputs["mentors"]}
    return participants, mentors, Settings.from_dict(inputs["settings"]), _terms(draft)


def broken_now(now_so: Gathered, two: Two) -> str:
    """Return why a pair is impossible as things stand, the first code; nothing where it is possible."""
    person = next((one for one in now_so.participants if one.id == two[0]), None)
    mentor = next((one for one in now_so.mentors if one.id == two[1]), None)
    if person is None or mentor is None:
        return "one_lead" if mentor else "unknown"
    try:
        solve_round([person], [mentor], now_so.settings, replace(now_so.terms, locks=frozenset({two})))
    except LockRefused as why:
        return why.codes[0]
    return ""


def _send(
    draft: Round, now_so: Gathered, two: Two, summaries: Mapping[str, str], actor_id: UUID | None
) -> Outcome:
    summary = summaries.get(two[0], "").strip()
    if why := ("" if summary else "left_out") or broken_now(now_so, two):
        return Outcome(*two, None, why)
    receipt = next(row for row in draft.result["assignments"] if row["participant_id"] == two[0])
    place = UUID(draft.inputs["community_of"][two[0]])
    try:
        with db.session.begin_nested():
            made = offers.offer(
                UUID(two[0]), UUID(two[1]), place, summary=summary, approved=True,
                actor_id=actor_id, round_id=draft.id, receipt=receipt,
            )  # fmt: skip
    except IntegrityError as refused:
        return Outcome(*two, None, constraint_of(refused))
    return Outcome(*two, made.id)


def constraint_of(refused: IntegrityError) -> str:
    """Return the code of what the database refused: `capacity`, or `one_lead`."""
    broken = getattr(getattr(refused.orig, "diag", None), "constraint_name", "")
    return "capacity" if broken == "capacity" else "one_lead"


def _ids(draft: Round, side: str) -> set[str]:
    return {each["id"] for each in draft.inputs[side]}


def _terms(draft: Round) -> Terms:
    return Terms.from_dict(draft.inputs["terms"])


def _change(draft: Round, terms: Terms, kind: str, two: Two, reason: str, actor_id: UUID | None) -> None:
    """Solve again under changed terms, and keep who changed what and why."""
    _must_be_draft(draft)
    word = {"kind": kind, "participant": two[0], "mentor": two[1], "reason": reason.strip(), "at": clock.now().isoformat()}
    changes = [*draft.inputs["changes"], word | {"by": str(actor_id) if actor_id else None}]
    _solve(draft, {**draft.inputs, "terms": terms.to_dict(), "changes": changes})
    db.session.flush()
    for place in _places(draft, two[0]):
        record(actor_id, kind, "round", draft.id, person_id=UUID(two[0]), community_id=place)


def _solve(draft: Round, inputs: dict[str, Any]) -> None:
    draft.result = replay(json.dumps(inputs)).to_dict()
    draft.inputs = inputs


def _places(draft: Round, participant_id: str) -> Iterator[UUID]:
    if place := draft.inputs["community_of"].get(participant_id):
        yield UUID(place)


def _end(draft: Round, state: str, actor_id: UUID | None) -> None:
    _must_be_draft(draft)
    draft.state = state
    draft.published_at = clock.now() if state == "published" else None
    db.session.flush()  # whoever was quicker is heard here, before any offer is made
    for place in draft.community_ids:
        record(actor_id, state, "round", draft.id, community_id=place)


def _must_be_draft(draft: Round) -> None:
    if draft.state != "draft":
        raise NotNow(draft.state)
