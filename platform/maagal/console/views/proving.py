"""What is dangerous asks for the password once more, unless it was shown a moment ago."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response, request, session
from flask_babel import gettext as _

from maagal.console import door
from maagal.console.forms import ProveForm
from maagal.console.viewer import SESSION, SignedInOperator
from maagal.pages import invalid
from maagal.permissions import viewer

OURS = frozenset({"csrf_token", "proof"})
PROVE = "console/prove.html"


def me() -> SignedInOperator:
    """Return who is signed in; the rules let nobody else in."""
    looking: Any = viewer()
    assert isinstance(looking, SignedInOperator)  # noqa: S101  as said
    return looking


def proven(view: Callable[..., Response]) -> Callable[..., Response]:
    """Guard a post: without a fresh proof the answer asks for the password and keeps what was posted."""

    @wraps(view)
    def guarded(*things: Any, **ids: Any) -> Response:
        looking = me()
        if looking.is_proven:
            return view(*things, **ids)
        posted = [(name, value) for name, value in request.form.items(multi=True) if name not in OURS]
        form = ProveForm(formdata=None)
        if "proof" in request.form:
            form = ProveForm()
            if form.validate() and door.prove(looking.person_id, UUID(session[SESSION]), form.proof.data):
                return view(*things, **ids)
            form.proof.errors = form.proof.errors or [_("This password is not right, or it was tried too often.")]
        return invalid(PROVE, form=form, posted=posted)

    return guarded
