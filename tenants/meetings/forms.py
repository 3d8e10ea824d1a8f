"""What is asked about meetings."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from maagal import clock, tenancy
from tenants.meetings import labels, weeks
from tenants.meetings.actions.logs import Said
from tenants.meetings.models import Meeting, Series
from tenants.meetings.weeks import Slot

YES, NO = "yes", "no"
LONGEST_NOTE = 4_000
FURTHEST = timedelta(days=366)


class LinkLogForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """What one side says of a meeting, without a private note: the form of a one-tap link."""

    held = RadioField(
        _l("Did the meeting take place?"),
        [InputRequired(_l("Please choose one of the two."))],
        choices=labels.choices({YES: _l("It took place"), NO: _l("It did not take place")}),
    )
    minutes = IntegerField(_l("How many minutes"), [Optional(), NumberRange(0, 1440)])
    medium = RadioField(_l("How you met"), [Optional()], choices=labels.choices(labels.MEDIA))
    topics = SelectMultipleField(
        _l("What it was about"), choices=labels.choices(labels.TOPICS),
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip
    next_step = StringField(_l("Next step"), [Length(max=300)])
    shared = TextAreaField(
        _l("Summary for the two of you"),
        [Length(max=LONGEST_NOTE)],
        description=_l("The two of you and the community coordinators can read it."),
    )

    @property
    def said(self) -> Said:
        """What was said; where nothing took place, only that and the words."""
        held = self.held.data == YES
        return Said(
            held=held,
            minutes=self.minutes.data if held else None,
            medium=(self.medium.data or None) if held else None,
            topics=tuple(self.topics.data or ()) if held else (),
            next_step=self.next_step.data or "",
            shared=self.shared.data or "",
            private=self.private_words,
        )

    @property
    def private_words(self) -> str:
        """Nothing: a link says nothing that only its author may read again."""
        return ""


class LogForm(LinkLogForm):
    """What one side says of a meeting, with a note for oneself."""

    private = TextAreaField(
        _l("Private note"), [Length(max=LONGEST_NOTE)], description=_l("Nobody but you can read it, coordinators neither.")
    )

    @property
    def private_words(self) -> str:
        """The note for oneself."""
        return self.private.data or ""

    @property
    def typed(self) -> dict[str, Any]:
        """Everything typed so far, JSON-ready, valid or not."""
        return {field.name: field.data for field in self if field.name != "csrf_token"}


def first_answers(meeting: Meeting) -> dict[str, Any]:
    """Return what the form shows at first: the planned length, and how the two meet."""
    minutes = int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)
    return {"minutes": minutes, "medium": "video" if meeting.remote else "in_person"}


def answers(said: Said) -> dict[str, Any]:
    """Return what the form shows of what was said before."""
    return vars(said) | {"held": YES if said.held else NO, "topics": list(said.topics)}


class _WhereForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    minutes = IntegerField(_l("How many minutes"), [InputRequired(), NumberRange(15, 480)], default=60)
    remote = BooleanField(_l("By phone or video"))
    place = StringField(_l("Place, or a link to the call"), [Length(max=300)])


class SeriesForm(_WhereForm):
    """The weekly hour of a pair. `seen` is the series that stood on the page: another one since then is a conflict."""

    weekday = SelectField(_l("Day of the week"), choices=labels.weekdays())
    starts = TimeField(_l("Hour"), [InputRequired()])
    seen = HiddenField()

    @property
    def slot(self) -> Slot:
        """The hour asked for."""
        hour, place = self.starts.data, (self.place.data or "").strip()
        return Slot(int(self.weekday.data), hour, int(self.minutes.data), remote=bool(self.remote.data), place=place)


def series_answers(series: Series | None) -> Mapping[str, Any]:
    """Return what the form shows of the hour that stands."""
    if series is None:
        return {}
    where = {"minutes": series.length, "remote": series.remote, "place": series.place}
    return where | {"weekday": str(series.weekday), "starts": series.starts, "seen": str(series.id)}


class MoveForm(_WhereForm):
    """Another time or place for one meeting, on the tenant's clock."""

    day = DateField(_l("Day"), [InputRequired()])
    hour = TimeField(_l("Hour"), [InputRequired()])
    seen = HiddenField()

    def validate_day(self, field: DateField) -> None:
        """Refuse a day that has passed, and one so far ahead that it is a slip."""
        today = clock.today(tenancy.current().zone)
        if field.data is None:  # what was written is no day, and is told already
            return
        if field.data < today:
            raise ValidationError(_("This day has passed already."))
        if field.data > today + FURTHEST:
            raise ValidationError(_("Please choose a day within the coming year."))

    def validate_hour(self, field: TimeField) -> None:
        """Refuse an hour that has passed."""
        if self.day.data and not self.day.errors and field.data and self.starts_at <= clock.now():
            raise ValidationError(_("This hour has passed already."))

    @property
    def starts_at(self) -> datetime:
        """The moment asked for."""
        return weeks.moment(self.day.data, self.hour.data, tenancy.current().zone)


def move_answers(meeting: Meeting) -> dict[str, Any]:
    """Return what the form shows of the meeting as it stands."""
    local = meeting.starts_at.astimezone(tenancy.current().zone)
    minutes = int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)
    where = {"minutes": minutes, "remote": meeting.remote, "place": meeting.place}
    return where | {"day": local.date(), "hour": local.time(), "seen": str(meeting.version)}


class CancelForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """Why a meeting is called off."""

    reason = RadioField(_l("Why"), [InputRequired(_l("Please choose one."))], choices=labels.reasons())


class DecideForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """A coordinator's word on whether it took place."""

    held = HiddenField(validators=[AnyOf((YES, NO), _l("Please choose one of the two."))])


class LinkForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """For which of the two a link is made."""

    side = SelectField(choices=labels.choices({"mentor": "", "participant": ""}))
