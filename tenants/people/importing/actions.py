"""The verbs of bringing people in. Each locks its sheet first, so that two clicks, or two coordinators, act in turn."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import timedelta
from uuid import UUID

from maagal import clock, tenancy
from maagal.db import db
from maagal.events import later, publish
from maagal.ids import new_id
from tenants.audit.actions import record
from tenants.people.events import RosterTakenOver, RosterWithdrawn
from tenants.people.importing import arrivals, departures, dry_run, queries, sheets, verdicts
from tenants.people.importing.entries import Entry
from tenants.people.importing.states import (
    CHECKED,
    CHECKING,
    COMMITTED,
    COMMITTING,
    EXPIRED,
    MOVING,
    PEOPLE,
    STAFF,
    STILL_OPEN,
    UNDOING,
    UNDONE,
)
from tenants.people.models import ImportBatch
from tenants.people.room import make_sure_of_bytes, make_sure_of_people
from tenants.people.roster import columns, reading
from tenants.people.roster.columns import Kind
from tenants.people.roster.text import clean

CHECK, COMMIT, UNDO = "people.check_import", "people.commit_import", "people.undo_import"
FORGET = "people.forget_sheet"
AT_ONCE = 1_000  # rows that a request may judge itself
CHUNK = 50  # rows in one transaction
KEPT = timedelta(days=7)
REACTING = timedelta(seconds=3)  # time for the others to take back what they made of a sheet by themselves


class OvertakenError(ValueError):
    """The sheet has moved on since the page was shown."""


class OwnCoordinatorError(ValueError):
    """Somebody would make themself a coordinator by a sheet that another person uploaded."""


def take_in(filename: str, data: bytes, community_id: UUID, actor_id: UUID) -> ImportBatch:
    """Keep an uploaded sheet, its columns recognised.

    Raises reading.Unreadable for what is no sheet, NoRoomError where the organisation may hold no more.
    """
    table = reading.read_table(data, filename)
    make_sure_of_bytes(len(data))
    found = columns.recognise(table.headings)
    batch = ImportBatch(
        id=new_id(),
        kind=kind_for(columns.guess_kind(found.values())),
        filename=clean(filename)[:120],
        community_id=community_id,
        uploaded_by=actor_id,
        digest=hashlib.sha256(data).digest(),
        mapping=_kept(found),
        counts={"rows": len(table.rows)},
    )
    sheets.keep_table(batch, table)
    db.session.add(batch)
    db.session.flush()
    record(actor_id, "uploaded", "import", batch.id, community_id=community_id)
    later(FORGET, clock.now() + KEPT, once=f"sheet:{batch.id}", import_id=batch.id)
    return batch


def kind_for(asked: str) -> Kind:
    """Return the kind of a sheet: only an employer's house knows staff files."""
    return "staff" if asked == STAFF and tenancy.current().kind == "business" else "people"


def name_columns(batch: ImportBatch, kind: Kind, mapping: Mapping[int, str], seen: int) -> None:
    """Settle what each column holds and judge the rows, many of them behind the scenes; raise OvertakenError."""
    _lock(batch, seen, STILL_OPEN)
    batch.kind, batch.mapping, batch.state, batch.let_in = kind, _kept(mapping), CHECKING, []
    if batch.counts["rows"] > AT_ONCE:
        later(CHECK, clock.now(), import_id=batch.id)
    else:
        dry_run.check(batch)


def commit(
    batch: ImportBatch, let_in: Collection[int], *, notify: bool, seen: int, actor_id: UUID, all_of: Collection[str] = ()
) -> None:
    """Begin to bring the good rows in, with the duplicates and further roles of `let_in`; a second time is a no-op.

    `all_of` may name "duplicates" and "roles": then every one of them comes in.
    Raises OvertakenError when the sheet was checked anew, taken back or forgotten since version `seen`, OwnCoordinatorError
    when it would make `actor_id` a coordinator, NoRoomError where the organisation may hold fewer people.
    """
    db.session.refresh(batch, with_for_update=True)
    if batch.state in (COMMITTING, COMMITTED):
        return
    _lock(batch, seen, {CHECKED})
    verdict, wished = sheets.verdict_of(batch), set(let_in)
    doubted, roles = verdicts.doubted(verdict), verdicts.roles(verdict)
    wished |= (doubted if "duplicates" in all_of else set()) | (roles if "roles" in all_of else set())
    chosen = verdicts.chosen(verdict, wished)
    _refuse_own(batch, chosen, actor_id)
    if batch.kind == PEOPLE:
        make_sure_of_people(len(chosen))
    batch.let_in, batch.notify, batch.state = sorted(wished & (doubted | roles)), notify and batch.kind == PEOPLE, COMMITTING
    batch.counts = batch.counts | {"total": len(chosen), "done": 0, "made": 0, "joined": 0}
    record(actor_id, "committed", "import", batch.id, community_id=batch.community_id)
    _next_chunk(COMMIT, batch, 0)


def _refuse_own(batch: ImportBatch, chosen: Collection[Entry], actor_id: UUID) -> None:
    """Nobody makes themself a coordinator (SECURITY, "Who may what"), whoever uploaded the sheet."""
    coordinators = [entry for entry in chosen if entry.get("role") == "coordinator"]
    if not coordinators or not (barred := queries.barred(actor_id, batch.community_id)):
        return
    people = {entry["row"]: entry["person"] for entry in chosen if "person" in entry}
    for entry in coordinators:
        told = people.get(entry.get("other_row") or entry["row"], {})
        if entry.get("known") == str(actor_id) or not barred.isdisjoint((told.get("phone"), told.get("email"))):
            raise OwnCoordinatorError


def commit_chunk(batch: ImportBatch, start: int) -> None:
    """Bring in the rows from `start` on, as many as one transaction should hold, and ask for the next."""
    if batch.state != COMMITTING:
        return
    entries = verdicts.chosen(sheets.verdict_of(batch), batch.let_in)
    chunk = entries[start : start + CHUNK]
    people, roles = ([entry for entry in chunk if ("other_row" in entry) == further] for further in (False, True))
    made = arrivals.bring_staff(people) if batch.kind == STAFF else arrivals.bring_people(batch, people)
    joined = arrivals.give_roles(batch, roles)
    counts = batch.counts
    done = max(counts["done"], start + len(chunk))
    batch.counts = counts | {"done": done, "made": counts["made"] + made, "joined": counts["joined"] + joined}
    if start + CHUNK < len(entries):
        _next_chunk(COMMIT, batch, start + CHUNK)
    else:
        batch.state = COMMITTED
        publish(RosterTakenOver(batch.id))


def undo(batch: ImportBatch, actor_id: UUID) -> None:
    """Begin to take a sheet's people back; a second time is a no-op. Raises OvertakenError where there is nothing to."""
    db.session.refresh(batch, with_for_update=True)
    if batch.state in (UNDOING, UNDONE):
        return
    if batch.state != COMMITTED or batch.kind != PEOPLE:
        raise OvertakenError
    batch.state = UNDOING
    batch.counts = batch.counts | {"removed": 0, "kept": 0}
    record(actor_id, "undone", "import", batch.id, community_id=batch.community_id)
    departures.end_roles(batch, actor_id)
    publish(RosterWithdrawn(batch.id))
    later(UNDO, clock.now() + REACTING, once=f"undo:{batch.id}:", import_id=batch.id, after="")


def undo_chunk(batch: ImportBatch, after: UUID | None) -> None:
    """Take back the people behind `after`, and ask for the next ones."""
    if batch.state != UNDOING:
        return
    people = queries.brought(batch.id, after, CHUNK)
    last = people[-1].id if people else None
    removed = departures.take_back(batch, people)
    counts = batch.counts
    kept = counts["kept"] + len(people) - removed
    batch.counts = counts | {"removed": counts["removed"] + removed, "kept": kept}
    if len(people) == CHUNK:
        later(UNDO, clock.now(), once=f"undo:{batch.id}:{last}", import_id=batch.id, after=str(last))
    else:
        batch.state = UNDONE


def forget(batch: ImportBatch) -> None:
    """Delete the sheet itself; one that is still on its way waits a day. What it brought stays."""
    if batch.state in MOVING:
        later(FORGET, clock.now() + timedelta(days=1), import_id=batch.id)
        return
    batch.sheet = batch.verdict = None
    batch.state = EXPIRED if batch.state in STILL_OPEN else batch.state


def _lock(batch: ImportBatch, seen: int, states: Collection[str]) -> None:
    db.session.refresh(batch, with_for_update=True)
    if batch.version != seen or batch.state not in states:
        raise OvertakenError


def _next_chunk(job: str, batch: ImportBatch, start: int) -> None:
    later(job, clock.now(), once=f"import:{batch.id}:{start}", import_id=batch.id, start=start)


def _kept(mapping: Mapping[int, str]) -> dict[str, str]:
    return {str(place): field for place, field in mapping.items()}
