"""What is asked before a report is made or corrected."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from maagal import clock, tenancy
from tenants.communities.queries import open_communities
from tenants.reports.months import first_of_month, last_months
from tenants.reports.rendering.labels import label

BACK = 4  # months to choose from, the running one among them
LONGEST = 300


class MakeForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """A community of one's own, and a month that has begun."""

    community = SelectField(_l("Community"), [InputRequired()])
    month = SelectField(
        _l("Month"),
        [InputRequired()],
        description=_l("If the month is not over, the report gives the numbers so far and says so."),
    )

    @classmethod
    def of(cls, community_ids: Collection[UUID]) -> Any:
        """Return the form with these communities and the last months; last month is chosen."""
        form = cls()
        form.community.choices = [(str(one.id), one.name) for one in open_communities(community_ids)]
        running = first_of_month(clock.today(tenancy.current().zone))
        months = last_months(running, BACK)[::-1]
        form.month.choices = [(f"{month}", label(f"{month:%Y-%m}")) for month in months]
        if not form.is_submitted():
            form.month.data = f"{months[1]}"
        return form


class CorrectionForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """Why a month is counted again."""

    reason = StringField(
        _l("What was wrong"),
        [DataRequired(), Length(max=LONGEST)],
        filters=[lambda text: text and text.strip()],
        description=_l("Appears on the report for everyone who reads it: no names."),
    )
