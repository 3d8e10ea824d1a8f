"""Links that open one meeting's form for one person, once, without signing in. Only their hashes are kept."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from maagal import clock
from maagal.db import db
from tenants.meetings import policy, queries, tellings
from tenants.meetings.models import Meeting, OneTap

LASTS = timedelta(days=7)


def mint(meeting_id: UUID, person_id: UUID, session: Session | None = None) -> str:
    """Make a link's token (43 characters), good for seven days; written through `session` where one is given."""
    token = secrets.token_urlsafe(32)
    row = OneTap(token_hash=_hashed(token), meeting_id=meeting_id, person_id=person_id, expires_at=clock.now() + LASTS)
    (session or db.session).add(row)
    return token


def opened_by(token: str) -> tuple[OneTap, Meeting] | None:
    """Return what a link opens, or None: used, too old, unknown, already answered, or the person has no access any more."""
    link = tellings.living_link(_hashed(token))
    meeting = queries.by_id(link.meeting_id) if link else None
    if link is None or meeting is None:
        return None
    told = tellings.log_of(meeting.id, link.person_id) is not None
    usable = policy.is_tellable(meeting) and policy.may_still(link.person_id, meeting.pair) and not told
    return (link, meeting) if usable else None


def spend(link: OneTap) -> bool:
    """Use a link up; False when somebody was quicker."""
    fresh = (OneTap.id == link.id, OneTap.spent_at.is_(None))
    return db.session.scalar(update(OneTap).where(*fresh).values(spent_at=clock.now()).returning(OneTap.id)) is not None


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
