"""What a dry run found, as JSON: kept once, so that ten thousand rows are judged once and every page is quick.

Sentences are kept in every language of the house, because whoever reads them may not be who uploaded the sheet.
Shape: {"good": [entry], "faults": [{row, column, field, value, code, sentence: said}], "duplicates": [{row, name, other_row,
reasons: [said], entry or null}], "here": [{row, name}], "roles": [{row, name, role, known, other_row}]}; `said` is
{language: sentence}. "roles" may be given to people who are here: `known` is an id or null, and then it is whoever comes in
by `other_row`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from flask_babel import force_locale
from flask_babel.speaklater import LazyString

from maagal.i18n import DEFAULT, LANGUAGES
from tenants.people.importing import entries
from tenants.people.roster.checking import AlreadyHere, Checked, Duplicate, FurtherRole
from tenants.people.roster.faults import Fault
from tenants.people.roster.reading import Table
from tenants.people.roster.rows import RowReader

Said = dict[str, str]
Known = AlreadyHere | FurtherRole


def of(
    found: Checked, table: Table, mapping: Mapping[int, str], lacking: Collection[tuple[Any, str]] = ()
) -> dict[str, Any]:
    """Turn an outcome into its JSON; `lacking` holds (person, role) of those here who do not hold the role yet."""
    rows = {each.row for each in found.duplicates} | {each.person.row for each in found.met}
    names = _names(table, mapping, rows)
    reasons = iter(_said([reason for each in found.duplicates for reason in each.reasons]))
    sentences = _said([fault.sentence for fault in found.faults])
    return {
        "good": [entries.of_person(person) for person in found.people] + [entries.of_staff(each) for each in found.staff],
        "faults": [_fault(fault, said) for fault, said in zip(found.faults, sentences, strict=True)],
        "duplicates": [_duplicate(each, names, [next(reasons) for _ in each.reasons]) for each in found.duplicates],
        "here": [{"row": each.person.row, "name": names[each.person.row]} for each in found.met if not _lacks(each, lacking)],
        "roles": [_role(each, names) for each in found.met if _lacks(each, lacking)],
    }


def counted(verdict: dict[str, Any]) -> dict[str, int]:
    """Count the rows of a sheet of people by what becomes of them."""
    faulty = len({fault["row"] for fault in verdict["faults"]})
    return {"faulty": faulty} | {kind: len(verdict[kind]) for kind in ("good", "duplicates", "here", "roles")}


def speak(said: Said, language: str) -> str:
    """Return a kept sentence in a language."""
    return said.get(language) or said.get(DEFAULT, "")


def checked(verdict: dict[str, Any], language: str) -> Checked:
    """Return the faults and duplicates again as the reader of sheets gives them, spoken in a language."""
    faults = (Fault(**{**fault, "sentence": _spoken(fault["sentence"], language)}) for fault in verdict["faults"])
    twins = (
        Duplicate(twin["row"], None, twin["other_row"], None, tuple(_spoken(each, language) for each in twin["reasons"]))
        for twin in verdict["duplicates"]
    )
    return Checked(faults=tuple(faults), duplicates=tuple(twins))


def chosen(verdict: dict[str, Any], let_in: Iterable[int]) -> list[dict[str, Any]]:
    """Return the entries that are to come in, by row: the good ones, duplicates said to be somebody else, further roles."""
    rows = set(let_in)
    more = [twin["entry"] for twin in verdict["duplicates"] if twin["row"] in rows and twin["entry"]]
    more += [role for role in verdict["roles"] if role["row"] in rows]
    return sorted(verdict["good"] + more, key=lambda entry: int(entry["row"]))


def doubted(verdict: dict[str, Any]) -> set[int]:
    """Return the rows of duplicates that could come in as somebody else."""
    return {twin["row"] for twin in verdict["duplicates"] if twin["entry"]}


def roles(verdict: dict[str, Any]) -> set[int]:
    """Return the rows by which somebody who is here could get a role."""
    return {role["row"] for role in verdict["roles"]}


def _lacks(each: Known, lacking: Collection[tuple[Any, str]]) -> bool:
    return each.known_id is None or (each.known_id, each.person.role) in lacking


def _role(each: Known, names: Mapping[int, str]) -> dict[str, Any]:
    row, other = each.person.row, each.other_row if isinstance(each, FurtherRole) else None
    known = None if each.known_id is None else str(each.known_id)
    return {"row": row, "name": names[row], "role": each.person.role, "known": known, "other_row": other}


def _names(table: Table, mapping: Mapping[int, str], rows: set[int]) -> dict[int, str]:
    readers = (RowReader(table, mapping, row) for row in table.rows if row.number in rows)
    return {reader.row.number: " ".join(reader.names()).strip() for reader in readers}


def _fault(fault: Fault, said: Said) -> dict[str, Any]:
    told = {"row": fault.row, "column": fault.column, "field": fault.field, "value": fault.value, "code": fault.code}
    return told | {"sentence": said}


def _duplicate(twin: Duplicate, names: Mapping[int, str], reasons: list[Said]) -> dict[str, Any]:
    return {
        "row": twin.row,
        "name": names[twin.row],
        "other_row": twin.other_row,
        "reasons": reasons,
        "entry": entries.of_person(twin.person) if twin.person else None,
    }


def _said(sentences: Sequence[LazyString]) -> list[Said]:
    spoken: list[Said] = [{} for _ in sentences]
    for language in LANGUAGES:
        with force_locale(language):
            for said, sentence in zip(spoken, sentences, strict=True):
                said[language] = str(sentence)
    return spoken


def _spoken(said: Said, language: str) -> LazyString:
    return LazyString(speak, said, language)
