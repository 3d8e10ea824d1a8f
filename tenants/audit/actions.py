"""Writing the record: rows at once, the chain of hashes later and in batches."""

import hashlib
import json
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from maagal import clock, tenancy
from maagal.db import HouseSession, db
from maagal.events import later
from maagal.ids import new_id
from maagal.questions import Note
from tenants.audit import queries
from tenants.audit.models import AuditEntry, AuditLink

CHAIN = "audit.chain"
WAIT = timedelta(seconds=30)
BATCH = 2_000
FIRST = b"\x00" * 32
COLUMNS = ("id", "at", "actor_id", "action", "subject", "subject_id", "person_id", "community_id", "reason")
ENTRY = Note(insert(AuditEntry), COLUMNS)
_asked: dict[UUID, float] = {}


def record(
    actor_id: UUID | None, action: str, subject: str, subject_id: UUID | None = None, *,
    person_id: UUID | None = None, community_id: UUID | None = None, reason: str | None = None,
) -> None:  # fmt: skip
    """Write down that somebody did something; it stands or falls with the transaction at hand."""
    told = (new_id(), clock.now(), actor_id, action, subject, subject_id, person_id, community_id, reason)
    ENTRY.send_along(**dict(zip(COLUMNS, told, strict=True)))
    _ask_for_the_chain()


def record_read(viewer: Any, subject: str, thing: Any) -> None:
    """Write down that somebody read a thing. `thing.file_of` names whose file it is, where it has one."""
    record(
        viewer.person_id if viewer else None,
        "read",
        subject,
        thing.id,
        person_id=getattr(thing, "file_of", None),
        community_id=getattr(thing, "community_id", None),
    )


def chain() -> int:
    """Link what is not linked yet; return how many. Safe to run twice at once: the second waits and finds nothing."""
    db.session.execute(text("select pg_advisory_xact_lock(hashtextextended(current_user || '/audit', 0))"))
    last = queries.last_link()
    seq, digest = (last.seq, last.hash) if last else (0, FIRST)
    links = []
    for entry in queries.unlinked(BATCH):
        seq, digest = seq + 1, link_hash(digest, entry)
        links.append({"seq": seq, "audit_id": entry.id, "hash": digest})
    if links:
        db.session.execute(insert(AuditLink.__table__), links)  # type: ignore[arg-type]  # SQLAlchemy types a model's table too widely
    if len(links) == BATCH:
        later(CHAIN, clock.now())
    return len(links)


def link_hash(before: bytes, entry: Any) -> bytes:
    """Return SHA-256 of the link before and the entry's columns as canonical JSON."""
    content = {column.name: _plain(getattr(entry, column.name)) for column in AuditEntry.__table__.columns}
    return hashlib.sha256(before + json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).digest()


def broken_link(pairs: Iterable[tuple[AuditLink, Any]]) -> int | None:
    """Return the number of the first link that does not fit its entry and its forerunner, or None."""
    digest = FIRST
    for expected, (link, entry) in enumerate(pairs, start=1):
        digest = link_hash(digest, entry)
        if link.seq != expected or link.hash != digest:
            return expected
    return None


def forget_asking() -> None:
    """Ask anew at the next entry, as tests do that begin afresh."""
    _asked.clear()


def _ask_for_the_chain() -> None:
    """Ask for the chain at most once in a while: a process that forgets asks again."""
    asking = db.session().info.setdefault(CHAIN, set())
    tenant = tenancy.current().id
    if tenant not in asking and time.monotonic() - _asked.get(tenant, float("-inf")) > WAIT.total_seconds():
        asking.add(tenant)
        later(CHAIN, clock.now() + WAIT)


def _asked_in_earnest(session: Session) -> None:
    """Remember the asking once it is committed; one that was rolled back asked for nothing."""
    if not session.in_nested_transaction():
        _asked.update(dict.fromkeys(session.info.pop(CHAIN, ()), time.monotonic()))


event.listen(HouseSession, "after_commit", _asked_in_earnest)
event.listen(HouseSession, "after_rollback", lambda session: session.info.pop(CHAIN, None))


def _plain(value: Any) -> Any:
    return None if value is None else str(value) if not hasattr(value, "astimezone") else str(value.timestamp())
