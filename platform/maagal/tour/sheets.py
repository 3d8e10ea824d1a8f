"""Which sheets are toured: every people file of a folder, with the staff file of its employer where there is one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import python_calamine

from maagal.tour.trouble import must

SUFFIXES = (".csv", ".tsv", ".xlsx")
STAFF = "staff"
NUMBERED = re.compile(r"מס(פר|['׳.])?\s*ה?עובד|employee|staff n", re.IGNORECASE)


@dataclass(frozen=True)
class Sheet:
    """A people file, and perhaps the employer's staff file beside it."""

    file: Path
    staff: Path | None
    is_business: bool

    @property
    def name(self) -> str:
        """What the file is about: its name without `people-`."""
        return _about(self.file)


def sheets(folder: Path) -> list[Sheet]:
    """List the sheets of a folder by name; raises TourTrouble where there are none."""
    must(folder.is_dir(), f"{folder} is no folder")
    files = sorted(each for each in folder.iterdir() if each.suffix.lower() in SUFFIXES)
    staff = {_about(each): each for each in files if each.stem.lower().startswith(STAFF)}
    people = [each for each in files if each not in staff.values()]
    must(people, f"{folder} holds no sheet of people ({', '.join(SUFFIXES)})")
    return [_sheet(file, staff.get(_about(file))) for file in people]


def _sheet(file: Path, staff: Path | None) -> Sheet:
    return Sheet(file, staff, is_business=staff is not None or any(map(NUMBERED.search, _headings(file))))


def _about(file: Path) -> str:
    return file.stem.partition("-")[2] or file.stem


def _headings(file: Path) -> Iterator[str]:
    """Give the first line in each reading it allows; none of what cannot be read, which the import will say better."""
    if file.suffix.lower() == ".xlsx":
        try:
            rows = python_calamine.load_workbook(file).get_sheet_by_index(0).to_python()[:3]
        except (python_calamine.CalamineError, IndexError, OSError):
            return
        yield " ".join(str(cell) for row in rows for cell in row)
        return
    for encoding in ("utf-8-sig", "utf-16", "cp1255"):
        try:
            yield file.read_text(encoding).partition("\n")[0]
        except (UnicodeError, OSError):
            continue
