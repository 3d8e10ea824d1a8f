"""What is asked on the way: the file, what each column holds, what to bring in."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from maagal import tenancy
from maagal.text import isolate
from tenants.people.fields import QUIET
from tenants.people.importing import actions, labels
from tenants.people.models import ImportBatch
from tenants.people.roster.columns import FIELDS, LABELS, missing
from tenants.people.roster.reading import Table
from tenants.people.roster.text import clean

FIELD = "column_{}"
SAMPLES, LONGEST_SAMPLE = 3, 30
LONGEST_VERSION = 9  # digits


class UploadForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """A sheet and the community whose people are in it."""

    sheet = FileField(
        _l("The sheet"),
        [FileRequired(_l("Choose a file."))],
        description=_l("An Excel workbook (XLSX) or a CSV or TSV file, up to 5 MB. The columns may be in any order."),
    )
    community = SelectField(_l("Community"), [InputRequired()])


class ColumnsForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """What a sheet holds; `columns_form` adds a choice for each of its columns."""

    seen = HiddenField()
    kind = RadioField(_l("What is in the sheet"), choices=[SelectChoice(kind, label) for kind, label in labels.KINDS.items()])

    def __init__(self, batch: ImportBatch, **values: Any) -> None:
        """Ask for the kind only where there can be two."""
        super().__init__(**values)
        self.seen.data = self.seen.data or str(batch.version)
        if tenancy.current().kind != "business":
            del self.kind

    @property
    def chosen_kind(self) -> Any:
        """The kind asked for."""
        return actions.kind_for(self.kind.data if "kind" in self else "people")

    @property
    def mapping(self) -> dict[int, str]:
        """Column position -> field, as chosen."""
        picked = {field.short_name: field.data for field in self if field.short_name.startswith("column_") and field.data}
        return {int(name.removeprefix("column_")): field for name, field in picked.items()}

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a sheet without a column that its rows need, and one field in two columns."""
        good = super().validate(extra_validators)
        kind = self.chosen_kind
        mapping = {place: field for place, field in self.mapping.items() if field in FIELDS[kind]}
        self.form_errors = [_("No column holds: %(field)s.", field=_needed(name)) for name in missing(mapping, kind)]
        taken: set[str] = set()
        for place, name in mapping.items():
            if name in taken:
                self[FIELD.format(place)].errors = [_("Another column holds this already.")]
                good = False
            taken.add(name)
        return good and not self.form_errors


def columns_form(batch: ImportBatch, table: Table) -> ColumnsForm:
    """Make the form of one sheet: a choice for each column, with what stands in its first rows."""
    known = [*dict.fromkeys((*FIELDS["people"], *(FIELDS["staff"] if tenancy.current().kind == "business" else ())))]
    choices = [SelectChoice("", _("leave this column out")), *(SelectChoice(name, LABELS[name]) for name in known)]
    asked = {
        FIELD.format(place): SelectField(
            heading or _("column %(number)s, without a heading", number=place + 1),
            [QUIET],
            choices=choices,
            description=_samples(table, place),
            default=batch.mapping.get(str(place), "") if batch.mapping.get(str(place), "") in known else "",
        )
        for place, heading in enumerate(table.headings)
    }
    made: ColumnsForm = type("SheetForm", (ColumnsForm,), asked)(batch, kind=batch.kind)
    return made


class CommitForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """What to bring in: the good rows, duplicates that are somebody else, and further roles of people who are here."""

    seen = HiddenField()
    let_in = SelectMultipleField(coerce=int, validate_choice=False)
    every_duplicate = BooleanField(_l("All of these are somebody else, also those that are not shown"), [QUIET])
    every_role = BooleanField(_l("All of these get the role"), [QUIET])
    notify = BooleanField(
        _l("Tell the people that they were added"),
        description=_l("A short mail to everyone with an e-mail address. Without this, nobody is written to."),
    )


def all_of(form: CommitForm) -> list[str]:
    """Return of which kinds of doubtful rows every one was chosen, as `actions.commit` takes them."""
    asked = {"duplicates": form.every_duplicate.data, "roles": form.every_role.data}
    return [kind for kind, wished in asked.items() if wished]


def version(form: Any) -> int:
    """Return the version of the sheet that the form was made of; 0 for none."""
    text = form.seen.data or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_VERSION else 0


def _needed(field: str) -> str:
    return _("phone or e-mail") if field == "phone" else str(LABELS[field])


def _samples(table: Table, place: int) -> str:
    cells = (clean(row.cells[place]) for row in table.rows[:50] if place < len(row.cells))
    seen = list(dict.fromkeys(filter(None, cells)))[:SAMPLES]
    return " · ".join(isolate(cell if len(cell) <= LONGEST_SAMPLE else cell[:LONGEST_SAMPLE] + "…") for cell in seen)
