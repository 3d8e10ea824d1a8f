"""The blueprint that intake's pages hang on."""

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

bp = Blueprint("intake", __name__)
CHECK_TOKENS_THEMSELVES = ("tenants.intake.views.asking.keep", "tenants.intake.views.asking.autosave")


@bp.record_once
def let_a_lost_session_lose_nothing(state: BlueprintSetupState) -> None:
    """Leave the CSRF token of the public form to the form: it keeps what was typed first, and refuses (422) after."""
    for view in CHECK_TOKENS_THEMSELVES:
        state.app.extensions["csrf"].exempt(view)
