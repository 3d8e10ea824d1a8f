"""What a coordinator's decision asks: the version that was on the screen, a reason where one is owed, a note."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from tenants.intake import labels, states

LONGEST_NOTE = 4_000


class VersionForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """A decision without further questions."""

    version = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    note = TextAreaField(_l("A note for the file"), [Length(max=LONGEST_NOTE)])

    @property
    def said(self) -> str:
        """The note, or the empty text."""
        return (self.note.data or "").strip()


class RiskForm(VersionForm):
    """How great the risk is."""

    risk = RadioField(_l("How great is the risk?"), [InputRequired(_l("Please choose."))], choices=labels.choices(labels.RISKS))


class ReasonForm(VersionForm):
    """A decision that owes a reason; `state` says which reasons there are."""

    reason = SelectField(_l("Reason"), [InputRequired(_l("Please choose a reason."))], choices=[])

    def offer(self, state: str) -> "ReasonForm":
        """Offer the reasons of a state."""
        named = [SelectChoice(code, labels.REASONS[code]) for code in states.REASONS[state]]
        self.reason.choices = [SelectChoice("", _("Please choose")), *named]
        return self


class CommunityForm(VersionForm):
    """Into which community, or onto whose list."""

    community = RadioField(_l("Which community?"), [InputRequired(_l("Please choose."))], choices=[])

    def offer(self, communities: list[Any]) -> "CommunityForm":
        """Offer communities with the room they have; the only one is chosen already."""
        self.community.choices = [SelectChoice(str(one.community_id), _room(one)) for one in communities]
        if len(communities) == 1 and self.community.data is None:
            self.community.data = str(communities[0].community_id)
        return self

    @property
    def chosen(self) -> UUID:
        """The community's id."""
        return UUID(self.community.data)


def _room(one: Any) -> str:
    there, shape = one.there["participant"], one.shape["participant"]
    return str(_("%(name)s · %(there)s of %(shape)s participants", name=one.name, there=there, shape=shape))
