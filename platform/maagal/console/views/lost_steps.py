"""Lost second steps of organisations where too few may confirm: an operator calls there, and says how they made sure."""

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from maagal.console import labels, lost_steps, policy
from maagal.console.forms import SureForm
from maagal.console.lost_steps import Waiting
from maagal.console.views.blueprint import bp
from maagal.console.views.proving import me, proven
from maagal.pages import done, invalid, page, stale
from maagal.permissions import needs

LIST, SHOW = "console/lost_steps.html", "console/lost_step.html"


@bp.get("/lost-steps")
@needs(policy.see)
def lost_steps_waiting() -> Response:
    """List what is open."""
    return page(LIST, found=lost_steps.waiting(), labels=labels)


@bp.get("/lost-steps/<uuid:step_id>")
@needs(policy.see, lost_steps.by_id)
def lost_step(known: Waiting) -> Response:
    """Show what is known of it, and ask how the operator made sure."""
    return page(SHOW, form=SureForm(formdata=None), **_content(known))


@bp.post("/lost-steps/<uuid:step_id>/voices")
@needs(policy.manage, lost_steps.by_id)
@proven
def confirm_step(known: Waiting) -> Response:
    """Say how one made sure."""
    form = SureForm()
    if not form.validate_on_submit():
        return invalid(SHOW, form=form, **_content(known))
    return _spoken(known, lost_steps.speak(known, me().person_id, form.how.data), _("You confirmed it."))


@bp.post("/lost-steps/<uuid:step_id>/refusal")
@needs(policy.manage, lost_steps.by_id)
@proven
def refuse_step(known: Waiting) -> Response:
    """End it."""
    return _spoken(known, lost_steps.speak(known, me().person_id, None), _("It was refused. Nothing has changed."))


def _spoken(known: Waiting, counted: object, said: str) -> Response:
    if not counted:
        return stale(SHOW, form=SureForm(formdata=None), late=True, **_content(known))
    return done(url_for(".lost_step", step_id=known.step.id), said)


def _content(known: Waiting) -> dict[str, Any]:
    said = lost_steps.voices(known.step.id)
    spoken = me().person_id in {voice.operator_id for voice in said}
    return {"known": known, "voices": said, "spoken": spoken, "labels": labels}
