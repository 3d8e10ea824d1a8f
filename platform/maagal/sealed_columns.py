"""Which columns hold sealed texts: said where the column is declared, so that whoever must open them all finds them all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.orm import MappedColumn, mapped_column

from maagal.db import Base
from maagal.sealing import Place

SEALED = "sealed"


@dataclass(frozen=True)
class Sealed:
    """How a column's values are bound: `row` is the column that holds the place's row.

    Where texts of several people share such a row, `apart` names the column that tells them apart.
    """

    table: str
    column: str
    row: str
    apart: str | None

    def place(self, values: Mapping[str, Any]) -> Place:
        """Return the place of the value in a row, given by column as JSON has it."""
        name = f"{self.column}.{values[self.apart]}" if self.apart else self.column
        return Place(self.table, UUID(values[self.row]), name)


def sealed_column(*, row: str = "id", apart: str | None = None, deferred: bool = False) -> MappedColumn[Any]:
    """Declare a column whose values are made by `sealing.seal` for the place (its table, `row`, its name and `apart`)."""
    return mapped_column(LargeBinary, info={SEALED: (row, apart)}, deferred=deferred)


def sealed_columns() -> dict[str, dict[str, Sealed]]:
    """Return every sealed column of a tenant, by table and name."""
    found: dict[str, dict[str, Sealed]] = {}
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if SEALED in column.info:
                row, apart = column.info[SEALED]
                found.setdefault(table.name, {})[column.name] = Sealed(table.name, column.name, row, apart)
    return found
