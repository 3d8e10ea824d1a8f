"""Asking for a new second step, making sure of somebody, refusing, and setting it up."""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from maagal import authenticator, clock, sealing
from maagal.config import settings
from maagal.db import db, keep_despite_refusal
from maagal.events import drop, later, publish
from maagal.ids import new_id
from tenants.audit.actions import record
from tenants.people.events import RenewalAgreed, RenewalAsked, RenewalDone, RenewalRefused
from tenants.people.models import Account
from tenants.people.renewing import queries
from tenants.people.renewing.electing import NEEDED, electorate, voice_of
from tenants.people.renewing.models import Renewal, RenewalVoice
from tenants.people.signing_in import second_factor
from tenants.people.signing_in.actions import end_all_sessions, hashed

SEND, TELL_OPERATORS = "people.send_renewal_link", "people.tell_operators"
ASKED_LASTS = timedelta(days=1)
LINK_LASTS = timedelta(days=1)
OPERATOR = "operator"


class NotNow(ValueError):
    """It is over, or agreed already, or said already: whoever looks at an old page is shown what stands now."""


def ask(person_id: UUID, why: str) -> Renewal:
    """Ask for a new second step; while one is open, that one is returned."""
    _close_what_expired(person_id)
    chosen = electorate(person_id)
    values = {"id": new_id(), "person_id": person_id, "why": why, "must": chosen.must, "operators": chosen.operators}
    now = clock.now()
    values |= {"state": "asked", "asked_at": now, "expires_at": now + ASKED_LASTS}
    asked = insert(Renewal).values(values).on_conflict_do_nothing(
        index_elements=["person_id"], index_where=Renewal.state.in_(queries.OPEN_STATES)
    )  # fmt: skip
    made = db.session.scalar(asked.returning(Renewal.id))
    renewal = queries.open_of(person_id)
    assert renewal is not None  # noqa: S101  ours, or the one that was in the way
    if made is not None:
        _noted(renewal, None, "asked", why)
        publish(RenewalAsked(renewal.id))
    return renewal


def confirm(renewal_id: UUID, by_id: UUID, how: str) -> None:
    """Say that one made sure of somebody; with the last voice that is needed the waiting begins. Raises NotNow."""
    renewal = _open(renewal_id)
    roles = electorate(renewal.person_id).people.get(by_id)
    if not roles:
        raise NotNow
    _speak(renewal, by_id, voice_of(roles, renewal.must), how)


def hear_operator(renewal_id: UUID, operator_id: UUID, how: str | None) -> None:
    """Take over what an operator of the platform said: how they made sure, or None: they refuse. What is over stays so."""
    renewal = queries.locked(renewal_id)
    if renewal is None or not renewal.operators:
        return
    if how is None:
        _end(renewal, "refused", operator_id)
    elif operator_id not in {voice.by_id for voice in queries.voices_of(renewal.id)} and renewal.state == "asked":
        _speak(renewal, operator_id, OPERATOR, how)


def refuse(renewal_id: UUID, by_id: UUID) -> None:
    """End it, at any time before the new step is set up; by whoever asked, it is taken back. Raises NotNow."""
    renewal = queries.locked(renewal_id)
    if renewal is None:
        raise NotNow
    _end(renewal, "withdrawn" if by_id == renewal.person_id else "refused", by_id)


def mint(renewal_id: UUID) -> tuple[Renewal, str] | None:
    """Make the link of a renewal whose waiting is over, in place of an earlier one; None when it was refused meanwhile.

    Kept before the mail goes out, as `signing_in.actions.mint` does.
    """
    token = secrets.token_urlsafe(32)
    with keep_despite_refusal() as session:
        ready = (Renewal.id == renewal_id, queries.living(), Renewal.state == "agreed", Renewal.opens_at <= clock.now())
        fresh = update(Renewal).where(*ready).values(link_hash=hashed(token))
        if session.scalar(fresh.returning(Renewal.id)) is None:
            return None
    renewal = db.session.get(Renewal, renewal_id, populate_existing=True)
    return (renewal, token) if renewal else None


def prepare(renewal: Renewal) -> None:
    """Give it a secret for the new step, once; the old one holds until the new one is confirmed."""
    if renewal.totp is None:
        renewal.totp = sealing.seal(authenticator.new_secret(), renewal.person_id, _place(renewal.id))


def secret_of(renewal: Renewal) -> str:
    """Return the new secret in the clear."""
    return sealing.unseal_or_empty(renewal.totp, _place(renewal.id))


def complete(renewal: Renewal, account: Account, code: str) -> bool:
    """Put the new step in the place of the lost one and end every session of its owner; False for a wrong code."""
    secret = secret_of(renewal)
    step = authenticator.step_of(secret, code, clock.now())
    if step is None or (mine := queries.locked(renewal.id)) is None or mine.state != "agreed":
        return False
    second_factor.replace(account, secret, step)
    end_all_sessions(mine.person_id)
    mine.state, mine.ended_at, mine.totp, mine.link_hash = "done", clock.now(), None, None
    db.session.flush()
    _noted(mine, mine.person_id, "renewed", None)
    publish(RenewalDone(mine.id))
    return True


def _speak(renewal: Renewal, by_id: UUID, role: str, how: str) -> None:
    said = {"id": new_id(), "renewal_id": renewal.id, "for_id": renewal.person_id, "by_id": by_id, "role": role, "how": how}
    once = insert(RenewalVoice).values(said | {"at": clock.now()}).on_conflict_do_nothing(index_elements=["renewal_id", "by_id"])
    if db.session.scalar(once.returning(RenewalVoice.id)) is None:
        raise NotNow
    _noted(renewal, None if role == OPERATOR else by_id, "confirmed", how)
    if _is_enough(renewal):
        _agree(renewal)


def _is_enough(renewal: Renewal) -> bool:
    roles = [voice.role for voice in queries.voices_of(renewal.id)]
    outside = roles.count(OPERATOR)
    inside = len(roles) - outside
    return outside >= renewal.operators and inside >= NEEDED - renewal.operators and renewal.must in {None, *roles}


def _agree(renewal: Renewal) -> None:
    """Let the waiting begin: everybody concerned is told and may refuse."""
    renewal.state = "agreed"
    renewal.opens_at = clock.now() + timedelta(hours=settings().second_step_wait_hours)
    renewal.expires_at = renewal.opens_at + LINK_LASTS
    db.session.flush()
    later(SEND, renewal.opens_at, once=_link_of(renewal), queue="urgent", renewal_id=renewal.id)
    publish(RenewalAgreed(renewal.id))


def _end(renewal: Renewal, state: str, by_id: UUID) -> None:
    renewal.state, renewal.ended_at, renewal.ended_by = state, clock.now(), by_id
    renewal.totp = renewal.link_hash = None
    db.session.flush()
    drop(_link_of(renewal))
    _noted(renewal, by_id, state, None)
    publish(RenewalRefused(renewal.id))


def _open(renewal_id: UUID) -> Renewal:
    renewal = queries.locked(renewal_id)
    if renewal is None or renewal.state != "asked":
        raise NotNow
    return renewal


def _close_what_expired(person_id: UUID) -> None:
    """Make room: time ended these, and nobody had to write it down until now."""
    over = (Renewal.person_id == person_id, Renewal.state.in_(queries.OPEN_STATES), Renewal.expires_at <= clock.now())
    db.session.execute(update(Renewal).where(*over).values(state="expired", ended_at=clock.now(), totp=None, link_hash=None))


def _noted(renewal: Renewal, actor_id: UUID | None, action: str, reason: str | None) -> None:
    record(actor_id, action, "renewal", renewal.id, person_id=renewal.person_id, reason=reason)
    if renewal.operators:
        later(TELL_OPERATORS, clock.now(), renewal_id=renewal.id)


def _link_of(renewal: Renewal) -> str:
    return f"renewal-link:{renewal.id}"


def _place(renewal_id: UUID) -> sealing.Place:
    return sealing.Place("renewals", renewal_id, "totp")
