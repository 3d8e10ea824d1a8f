"""The frozen content of a monthly report: numbers and codes, no words of any language."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

VERSION = 1

Number: TypeAlias = int | float | None
Cell: TypeAlias = str | int | float | None


@dataclass(frozen=True)
class Figure:
    """One number; `percent` runs 0…100, `previous` is the month before, None means nobody counted it."""

    code: str
    value: Number
    unit: str = "count"
    previous: Number = None


@dataclass(frozen=True)
class Table:
    """Rows of cells; a text cell is a code, except in the columns `name` and `community`; one unit a column."""

    code: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Series:
    """Points in order; a point's label is a month as `2026-09` or a code."""

    code: str
    points: tuple[tuple[str, Number], ...]
    unit: str = "count"


@dataclass(frozen=True)
class Section:
    """One heading of the report with its numbers, tables and plots."""

    code: str
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    series: tuple[Series, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """One month of one community, or of the whole tenant when `community_name` is None."""

    tenant_name: str
    community_name: str | None
    year: int
    month: int
    timezone: str
    made_at: datetime
    revision: int
    sections: tuple[Section, ...]
    version: int = VERSION

    def __post_init__(self) -> None:
        """Refuse a date without a zone: the same snapshot must read the same everywhere."""
        if self.made_at.tzinfo is None:
            message = "made_at needs a time zone"
            raise ValueError(message)

    @property
    def is_provisional(self) -> bool:
        """Whether it was made before its month was over: numbers so far."""
        made = self.made_at.astimezone(ZoneInfo(self.timezone))
        return (made.year, made.month) <= (self.year, self.month)


def to_data(snapshot: Snapshot) -> dict[str, Any]:
    """Return plain data for a JSON column."""
    return asdict(snapshot) | {"made_at": snapshot.made_at.isoformat()}


def from_data(data: dict[str, Any]) -> Snapshot:
    """Rebuild what `to_data` gave; raises ValueError for a version this code does not know."""
    if data["version"] != VERSION:
        message = f"a snapshot of version {data['version']} cannot be read here"
        raise ValueError(message)
    sections = tuple(_section(section) for section in data["sections"])
    return Snapshot(**data | {"made_at": datetime.fromisoformat(data["made_at"]), "sections": sections})


def to_json(snapshot: Snapshot) -> str:
    """Return the snapshot as text; raises ValueError for NaN and infinity, which JSON does not have."""
    return json.dumps(to_data(snapshot), ensure_ascii=False, allow_nan=False, sort_keys=True)


def from_json(text: str) -> Snapshot:
    """Rebuild what `to_json` gave."""
    return from_data(json.loads(text))


def _section(data: dict[str, Any]) -> Section:
    return Section(
        code=data["code"],
        figures=tuple(Figure(**figure) for figure in data["figures"]),
        tables=tuple(_table(table) for table in data["tables"]),
        series=tuple(_series(series) for series in data["series"]),
    )


def _table(data: dict[str, Any]) -> Table:
    rows = tuple(tuple(row) for row in data["rows"])
    return Table(data["code"], tuple(data["columns"]), rows, tuple(data["units"]))


def _series(data: dict[str, Any]) -> Series:
    return Series(data["code"], tuple((label, value) for label, value in data["points"]), data["unit"])
