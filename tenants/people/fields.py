"""Fields that several forms about people ask with."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from wtforms import Field, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from tenants.people.roster.text import parts
from tenants.people.roster.vocabulary import Wordlist

MOST_WORDS, LONGEST_WORD = 30, 60
NOT_OURS = frozenset({"version", "free_hours", "csrf_token"})


class Quiet:
    """Marks a field of which "optional" would not be true, or would go without saying."""

    field_flags: Mapping[str, bool] = {"quiet": True}

    def __call__(self, _form: Any, _field: Any) -> None:
        """Refuse nothing."""


QUIET = Quiet()


class Ticks(SelectMultipleField):  # type: ignore[misc]  # wtforms carries no types
    """Check boxes; what is no choice is dropped, for it can only come from an older page."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep the known ones."""
        known = {choice.value for choice in self.choices}
        self.data = [value for value in valuelist if value in known]


class Words(Field):  # type: ignore[misc]  # wtforms carries no types
    """Free words with commas between them: `data` is a list, each word once."""

    widget = TextInput()

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else ", ".join(self.data or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the line, if the page sent one."""
        if valuelist:
            self.data = list(dict.fromkeys(parts(valuelist[0])))

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  the library's signature
        """Refuse what is no list of words."""
        words: Sequence[str] = self.data or ()
        if len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in words):
            raise StopValidation(_("A few words, with commas between them."))


def answered(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form asked, trimmed, an empty answer as None; without what only the form needs."""
    trimmed = {name: value.strip() if isinstance(value, str) else value for name, value in asked.items()}
    return {name: None if value == "" else value for name, value in trimmed.items() if name not in NOT_OURS}


def choices(labels: Mapping[str, Any]) -> list[SelectChoice]:
    """Offer a map of labels."""
    return [SelectChoice(code, label) for code, label in labels.items()]


def terms(words: Wordlist) -> list[SelectChoice]:
    """Offer a fixed list."""
    return [SelectChoice(term.code, term.label) for term in words.terms]
