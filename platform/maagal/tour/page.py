"""A page as a person's browser holds it: its words, its links, its forms."""

from dataclasses import dataclass, field
from functools import cached_property

from bs4 import BeautifulSoup, Tag

from maagal.tour.trouble import TourTrouble

Values = dict[str, list[str]]
TICKED = ("checkbox", "radio")


@dataclass(frozen=True)
class Form:
    """A form with the values that stand in it; `action` is where it goes."""

    action: str
    values: Values

    def with_values(self, **typed: str | list[str] | None) -> "Form":
        """Return the form with fields filled in; None leaves one out."""
        changed = {name: [value] if isinstance(value, str) else value for name, value in typed.items() if value is not None}
        kept = {name: values for name, values in self.values.items() if name not in typed}
        return Form(self.action, kept | changed)


@dataclass(frozen=True)
class Page:
    """An answer: `path` is where it came from after all redirects."""

    path: str
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The page's elements."""
        return BeautifulSoup(self.body, "html.parser")

    @property
    def main(self) -> Tag:
        """The page without its frame; raises TourTrouble where there is none."""
        return self.one("main")

    def one(self, selector: str) -> Tag:
        """Return the first element a CSS selector finds; raises TourTrouble where there is none."""
        found = self.soup.select_one(selector)
        if found is None:
            message = f"{self.path} has no {selector}"
            raise TourTrouble(message)
        return found

    def all(self, selector: str) -> list[Tag]:
        """Return all elements a CSS selector finds."""
        return list(self.soup.select(selector))

    def link(self, selector: str) -> str:
        """Return where the first link goes that a CSS selector finds."""
        return str(self.one(selector)["href"])

    def form(self, ending: str = "", *, within: Tag | None = None) -> Form:
        """Return the first form of <main> whose address ends so."""
        found = next(iter(self.forms(ending, within=within)), None)
        if found is None:
            message = f"{self.path} has no form to …{ending}"
            raise TourTrouble(message)
        return found

    def forms(self, ending: str = "", *, within: Tag | None = None) -> list[Form]:
        """Return the forms of <main>, or of one element, whose address ends so."""
        here = within or self.main
        found = [Form(str(tag.get("action") or self.path), _values(tag)) for tag in here.select("form[method=post]")]
        return [form for form in found if form.action.partition("?")[0].endswith(ending)]

    @property
    def complaint(self) -> str:
        """What the page says is wrong: its summary of errors, a notice, or its heading."""
        for selector in (".errors li", "p.error", ".notice.bad", ".notice.wait", "h1"):
            if found := self.all(selector):
                return "; ".join(words(each) for each in found[:5])
        return f"status {self.status}"


def words(tag: Tag) -> str:
    """Return an element's text in one line."""
    return " ".join(tag.get_text(" ").split())


def _values(form: Tag) -> Values:
    """Read what stands in a form, as a browser would send it; buttons are left out."""
    values: Values = {}
    for element in form.select("input[name], textarea[name], select[name]"):
        for value in _value(element):
            values.setdefault(str(element["name"]), []).append(value)
    return values


def _value(element: Tag) -> list[str]:
    if element.name == "textarea":
        return [element.get_text().removeprefix("\r\n").removeprefix("\n")]
    if element.name == "select":
        options = element.select("option")
        chosen = [option for option in options if option.has_attr("selected")] or options[:1]
        return [str(option.get("value", option.get_text())) for option in chosen]
    kind = element.get("type", "text")
    if kind in TICKED:
        return [str(element.get("value", "on"))] if element.has_attr("checked") else []
    return [] if kind in ("file", "submit") else [str(element.get("value", ""))]
