"""Taking one row's cells by field, collecting what is wrong instead of stopping at the first fault."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from flask_babel.speaklater import LazyString

from .faults import BadCellError, Fault
from .reading import Row, Table
from .text import clean

T = TypeVar("T")


class RowReader:
    """Reads one row through the mapping of columns; `faults` grows as cells refuse."""

    def __init__(self, table: Table, mapping: Mapping[int, str], row: Row) -> None:
        """Find each field's place once."""
        self.row = row
        self.faults: list[Fault] = []
        self._headings = table.headings
        self._places = {field: place for place, field in mapping.items()}

    def text(self, field: str) -> str:
        """Return the cell as cleaned text, "" where there is no such column or cell."""
        return clean(self.raw(field))

    def raw(self, field: str) -> str:
        """Return the cell as it stands in the sheet."""
        place = self._places.get(field, -1)
        return self.row.cells[place] if 0 <= place < len(self.row.cells) else ""

    def take(self, field: str, read: Callable[[str], T]) -> T | None:
        """Read a cell; a cell that refuses becomes a fault and reads as None."""
        try:
            return read(self.raw(field))
        except BadCellError as wrong:
            self.refuse(field, wrong.code, wrong.sentence)
            return None

    def refuse(self, field: str, code: str, sentence: LazyString) -> None:
        """Note a fault of this row at the field's cell; a field without a column has an empty heading."""
        place = self._places.get(field, -1)
        column = self._headings[place] if 0 <= place < len(self._headings) else ""
        self.faults.append(Fault(self.row.number, column, field, self.text(field), code, sentence))

    def names(self) -> tuple[str, str]:
        """Return first and last name; a full name is divided at its first space."""
        first, last = self.text("first_name"), self.text("last_name")
        if not first and not last:
            first, _, last = self.text("full_name").partition(" ")
        return first[:100], last[:100]
