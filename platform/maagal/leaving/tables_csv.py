"""A table as CSV that a spreadsheet opens without running anything in it."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MARK = "\ufeff".encode()  # Excel takes a file without it for Latin letters


def heading(columns: Sequence[str]) -> bytes:
    """Return the mark and the line of column names."""
    return MARK + _line(columns)


def line(row: dict[str, Any], columns: Sequence[str]) -> bytes:
    """Return a row as a line; of a sealed text only the text, lists and objects as JSON."""
    return _line([_cell(row[name]) for name in columns])


def _cell(value: Any) -> object:
    if isinstance(value, dict) and "of" in value and value.keys() <= {"of", "text"}:
        value = value.get("text")
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value  # OWASP, CSV injection
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value


def _line(cells: Sequence[object]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()
