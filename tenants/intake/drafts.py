"""Drafts: kept from the first real input on, in a transaction of their own, so that a refusal loses nothing."""

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from maagal import clock, sealing
from maagal.db import db, keep_despite_refusal
from maagal.events import JOB, Outbox, later, wake
from maagal.ids import new_id
from tenants.intake.models import Draft, HelpRequest

Content = dict[str, dict[str, list[str]]]  # step -> field -> what was typed
EXPIRE = "intake.expire_draft"
UNTOUCHED = timedelta(days=7)
EMPTY: Content = {}


def digest(token: str) -> bytes:
    """Return what we keep of a draft's secret: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()


def by_token(token: str | None) -> Draft | None:
    """Return the draft that a secret opens, if it is still there."""
    return db.session.scalar(select(Draft).where(Draft.token_hash == digest(token))) if token else None


def content(draft: Draft | None) -> Content:
    """Open a draft; nothing where there is none."""
    found: Content = json.loads(sealing.unseal(draft.content, _place(draft.id))) if draft else EMPTY
    return found


def request_of(draft_id: UUID) -> HelpRequest | None:
    """Return the request that a draft has become."""
    return db.session.scalar(select(HelpRequest).where(HelpRequest.draft_id == draft_id))


def lock(draft_id: UUID) -> None:
    """Let a second sending of the same draft wait until the first is committed, and then find its request."""
    db.session.execute(select(Draft.id).where(Draft.id == draft_id).with_for_update())


def keep(token: str | None, step: str, typed: dict[str, list[str]]) -> str | None:
    """Keep what was typed in a step and return the draft's secret; without any real input nothing is kept (None).

    A secret that opens nothing any more gets a fresh one. What has been sent stays as it is.
    """
    with keep_despite_refusal() as session:
        wanted = select(Draft).where(Draft.token_hash == digest(token or "")).with_for_update()
        draft = session.scalar(wanted)
        if draft is None:
            return _begin(session, step, typed) if any(any(values) for values in typed.values()) else None
        sent = session.scalar(select(HelpRequest.id).where(HelpRequest.draft_id == draft.id))
        if sent is None:
            _write(draft, content(draft) | {step: typed})
    return token


def blank(draft_id: UUID) -> None:
    """Empty a draft that was sent; it stays for its days, so that a second click finds the request and not a form."""
    sealed = sealing.seal(json.dumps(EMPTY), sealing.INTAKE, _place(draft_id))
    db.session.execute(update(Draft).where(Draft.id == draft_id).values(content=sealed))


def forget(draft: Draft) -> None:
    """Delete a draft because the person said so."""
    db.session.delete(draft)


def expire(draft_id: UUID) -> None:
    """Delete a draft that nobody touched for its days; look again later at one that was."""
    draft = db.session.get(Draft, draft_id)
    if draft is None:
        return
    ends = draft.touched_at + UNTOUCHED
    if ends <= clock.now():
        db.session.delete(draft)
    else:
        later(EXPIRE, ends, once=_once(draft_id, ends), draft_id=draft_id)


def _begin(session: Session, step: str, typed: dict[str, list[str]]) -> str:
    token, now = secrets.token_urlsafe(24), clock.now()
    draft = Draft(id=new_id(), token_hash=digest(token))
    _write(draft, {step: typed})
    ends = now + UNTOUCHED
    body = {"draft_id": str(draft.id)}
    session.add(draft)
    session.add(Outbox(kind=JOB, name=EXPIRE, body=body, once=_once(draft.id, ends), due_at=ends))
    wake(ends, session)
    return token


def _write(draft: Draft, told: Content) -> None:
    draft.content = sealing.seal(json.dumps(told), sealing.INTAKE, _place(draft.id))
    draft.touched_at = clock.now()


def _once(draft_id: UUID, ends: datetime) -> str:
    return f"draft:{draft_id}:{ends.timestamp():.0f}"


def _place(draft_id: UUID) -> sealing.Place:
    return sealing.Place("help_drafts", draft_id, "content")


def typed_by(form: Any, fields: tuple[str, ...]) -> dict[str, list[str]]:
    """Return what a form (a multi-dict) holds of these fields."""
    return {name: form.getlist(name) for name in fields if name in form}
