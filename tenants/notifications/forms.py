"""What is asked about notices: which kinds one wants by mail."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget


class ByMail(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """One box a kind of notice; the choices are what this person has been told before."""

    by_mail = SelectMultipleField(_l("By mail as well"), widget=ListWidget(), option_widget=CheckboxInput())
