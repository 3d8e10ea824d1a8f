"""The dry run of a sheet: every row is judged, and what was found is kept."""

from typing import Any
from uuid import UUID

from maagal import clock, tenancy
from tenants.people.importing import queries, sheets, verdicts
from tenants.people.importing.states import CHECKED, CHECKING, PEOPLE, STAFF
from tenants.people.models import ImportBatch
from tenants.people.roster import checking, columns
from tenants.people.roster.checking import Checked
from tenants.people.roster.columns import Kind
from tenants.people.roster.reading import Table
from tenants.people.roster.staff import StaffPerson


def check(batch: ImportBatch) -> None:
    """Do the dry run of a sheet that waits for it and keep what it found; any other stays as it is."""
    if batch.state != CHECKING:
        return
    table, mapping = sheets.table_of(batch), mapping_of(batch)
    kind = _kind(batch)
    here = _here(batch, table) if kind == PEOPLE else None  # nothing of who takes part is ever held against staff
    found = checking.check(table, mapping, kind, clock.today(tenancy.current().zone), here)
    verdict = verdicts.of(found, table, mapping, _lacking(batch, found))
    sheets.keep_verdict(batch, verdict)
    batch.counts = {"rows": len(table.rows)} | verdicts.counted(verdict) | (_staff(found.staff) if kind == STAFF else {})
    batch.state = CHECKED


def mapping_of(batch: ImportBatch) -> dict[int, str]:
    """Return column position -> field, of the fields that the sheet's kind knows."""
    known = columns.FIELDS[_kind(batch)]
    return {int(place): field for place, field in batch.mapping.items() if field in known}


def _kind(batch: ImportBatch) -> Kind:
    return "staff" if batch.kind == STAFF else "people"


def _here(batch: ImportBatch, table: Table) -> checking.Here:
    barred = queries.barred(batch.uploaded_by, batch.community_id) if batch.uploaded_by else frozenset()
    came = queries.came_before(batch, (row.number for row in table.rows))
    return checking.Here(queries.known_people(), came, barred)


def _lacking(batch: ImportBatch, found: Checked) -> set[tuple[UUID, str]]:
    """Find who of those here does not hold yet what their row says; nobody makes themself a coordinator."""
    told: set[Any] = {(each.known_id, each.person.role) for each in found.met if each.known_id is not None}
    return queries.lacking(batch.community_id, told - {(batch.uploaded_by, "coordinator")})


def _staff(good: tuple[StaffPerson, ...]) -> dict[str, int]:
    """Count those on record who are in the file, and those who are not; a file without a good row says nothing of either."""
    numbers = {each.number for each in good}
    known = queries.staff_numbers() if good else set()
    return {"here": len(numbers & known), "vanished": len(known - numbers)}
