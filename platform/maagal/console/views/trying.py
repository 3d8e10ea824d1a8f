"""The operator of the demonstration: one button. Nothing of this is there outside a demonstration on this machine."""

from flask import Response

from maagal.console.demo import demo_operator
from maagal.console.models import Operator
from maagal.console.views.blueprint import bp
from maagal.console.views.door import let_in
from maagal.pages import page
from maagal.permissions import anyone, needs


@bp.get("/demo")
@needs(anyone, demo_operator)
def try_it(operator: Operator) -> Response:
    """Say who that is, with one button."""
    return page("console/demo.html", email=operator.email)


@bp.post("/demo")
@needs(anyone, demo_operator)
def enter_the_demo(operator: Operator) -> Response:
    """Sign in as the demonstration's operator."""
    return let_in(operator.id)
