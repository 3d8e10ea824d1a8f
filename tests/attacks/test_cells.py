"""Whatever is taken home as a table opens in a spreadsheet as words, never as something to be worked out."""

import csv
import io
import re
import zipfile

from tests.attacks.test_stored_markup import pages
from tests.attacks.words import FORMULA
from tests.isolation.asking import enter

FILES = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
BEGINS = re.compile(r"^[\s\u200e\u200f\ufeff]*[=+\-@\t\r]")
NUMBER = re.compile(r"^-?\d+([.,]\d+)?%?$")


def test_no_cell_of_any_file_is_a_formula(house, calculating):
    wrong, seen, told = [], set(), 0
    for name in ("dana", "nurit", "gil"):
        client = enter(house, calculating, name, "10.2.0.1")
        for address, answer in pages(house, calculating, client):
            if answer.mimetype in FILES and answer.status_code == 200 and address not in seen:
                seen.add(address)
                told += FORMULA[:4] in text_of(answer.data)
                wrong += [f"{address}: {cell}" for cell in formulas(answer.data)]
    assert wrong == []
    ends = {address.rpartition("/")[2].partition("?")[0] for address in seen}
    assert ends >= {"csv", "xlsx", "to-correct.csv", "to-correct.xlsx"}
    assert told > 1, "files without any of it would prove nothing"


def formulas(data: bytes) -> list[str]:
    """Return the cells that a spreadsheet would work out."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            sheets = [packed.read(name).decode() for name in packed.namelist() if name.startswith("xl/worksheets/")]
        return [found for sheet in sheets for found in re.findall(r"<f[ >].{0,60}", sheet)]
    cells = (cell for line in csv.reader(io.StringIO(decoded(data))) for cell in line)
    return [cell[:60] for cell in cells if BEGINS.match(cell) and not NUMBER.match(cell)]


def text_of(data: bytes) -> str:
    """Return everything a file says."""
    if not data.startswith(b"PK"):
        return decoded(data)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


def decoded(data: bytes) -> str:
    return data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")


def test_a_formula_would_be_noticed():
    assert formulas(b"a,=1+1\r\n") == ["=1+1"]
    assert formulas(b"a,-5\r\n") == []
