"""The uploaded table at rest: sealed, because a roster is as private as the people in it."""

import json
from typing import Any

from maagal import sealing
from tenants.people.models import ImportBatch
from tenants.people.roster.reading import Row, Table

TABLE = "import_batches"


class SheetGoneError(LookupError):
    """The sheet was deleted after its week."""


def keep_table(batch: ImportBatch, table: Table) -> None:
    """Seal a table into its batch."""
    cells = [[row.number, row.cells] for row in table.rows]
    batch.sheet = _seal(batch, "sheet", {"headings": table.headings, "at": table.heading_row, "rows": cells})


def table_of(batch: ImportBatch) -> Table:
    """Open a batch's table; raise SheetGoneError when its week is over."""
    kept = _unseal(batch, "sheet", batch.sheet)
    rows = tuple(Row(number, tuple(cells)) for number, cells in kept["rows"])
    return Table(tuple(kept["headings"]), kept["at"], rows)


def keep_verdict(batch: ImportBatch, verdict: dict[str, Any]) -> None:
    """Seal what the dry run found."""
    batch.verdict = _seal(batch, "verdict", verdict)


def verdict_of(batch: ImportBatch) -> dict[str, Any]:
    """Open what the dry run found; raise SheetGoneError when its week is over."""
    return _unseal(batch, "verdict", batch.verdict)


def _seal(batch: ImportBatch, column: str, content: dict[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return sealing.seal(text, sealing.INTAKE, sealing.Place(TABLE, batch.id, column))


def _unseal(batch: ImportBatch, column: str, sealed: bytes | None) -> dict[str, Any]:
    if sealed is None:
        raise SheetGoneError
    opened: dict[str, Any] = json.loads(sealing.unseal(sealed, sealing.Place(TABLE, batch.id, column)))
    return opened
