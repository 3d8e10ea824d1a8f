"""What a page lets somebody send: its forms, filled in as somebody would who writes the tenant's mark everywhere."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup, Tag

SHEET = "תפקיד,שם פרטי,שם משפחה,טלפון,דואל,שפות\nמשתתף,{0},{0},050-9669077,{0}@example.org,עברית\n"
BY_TYPE = {"tel": "0529990077", "number": "1", "date": "2026-11-30", "time": "", "month": "2026-10", "search": "", "hidden": ""}
MAIL = "{0}-dana.{0}-family@example.org"  # somebody who is known here
BY_NAME = {"address": MAIL, "email": MAIL, "mail": MAIL, "birth_year": "1980", "code": "000000"}
Fields = dict[str, Any]


@dataclass(frozen=True)
class Form:
    """Where a form goes, how, and one way of filling it in."""

    address: str
    method: str
    fields: Fields


def forms_of(html: str, address: str, mark: str) -> Iterator[Form]:
    """Yield every form of a page for each of its buttons: filled in, with every box ticked, and as it stands."""
    soup = BeautifulSoup(html, "html.parser")
    for form in soup.find_all("form"):
        method = str(form.get("method", "get")).upper()
        goal = str(form.get("action") or address)
        plain, ticked = _fields(form, mark, ticked=False), _fields(form, mark, ticked=True)
        empty = _fields(form, "", ticked=False)
        for button in [None, *_buttons(form)]:
            chosen = {button["name"]: button.get("value", "")} if button and button.get("name") else {}
            at = str(button.get("formaction") or goal) if button else goal
            for fields in (plain, ticked, empty):
                yield Form(at, method, fields | chosen)
    for sender in soup.find_all(attrs={"hx-post": True}):
        holder = sender if sender.name == "form" else sender.find_parent("form")
        yield Form(str(sender["hx-post"]), "POST", _fields(holder, mark, ticked=False) if holder else {})


def links_of(html: str) -> Iterator[str]:
    """Yield where a page leads with a question in the address."""
    for link in BeautifulSoup(html, "html.parser").find_all("a", href=True):
        if "?" in link["href"] and link["href"].startswith("/"):
            yield str(link["href"]).partition("#")[0]


def sent(fields: Fields) -> Fields:
    """Return fields ready to be sent: a file is opened anew each time."""
    return {name: (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value for name, value in fields.items()}


def _buttons(form: Tag) -> list[Tag]:
    return [each for each in form.find_all("button") if each.get("name") or each.get("formaction")]


def _fields(form: Tag, mark: str, *, ticked: bool) -> Fields:
    filled: Fields = {}
    for each in form.find_all(["input", "select", "textarea"]):
        name = each.get("name")
        if not name or each.has_attr("disabled"):
            continue
        value = _value(each, mark, filled, ticked=ticked)
        if value is not None:
            several = each.get("type") == "checkbox" and name in filled
            filled[name] = [*_listed(filled[name]), value] if several else value
    return filled


def _value(field: Tag, mark: str, filled: Fields, *, ticked: bool) -> Any:
    kind = field.get("type", "text")
    if field.name == "select":
        return _choice(field)
    if field.name == "textarea":
        return field.get_text().strip() or mark
    if kind == "checkbox":
        return field.get("value", "on") if ticked or field.has_attr("checked") else None
    if kind == "radio":
        return field.get("value") if field.has_attr("checked") or field.get("name") not in filled else None
    if kind == "file":
        return (SHEET.format(mark).encode(), f"{mark}.csv")
    known = BY_NAME.get(str(field.get("name"))) or BY_TYPE.get(str(kind), "{0}")
    return field.get("value") or (known.format(mark.lower() if known == MAIL else mark) if mark else "")


def _choice(field: Tag) -> str | None:
    options = field.find_all("option")
    chosen = [each for each in options if each.has_attr("selected") and each.get("value")]
    found = chosen or [each for each in options if each.get("value")] or options
    return str(found[0].get("value", found[0].get_text())) if found else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
