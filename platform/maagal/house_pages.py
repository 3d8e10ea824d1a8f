"""The pages every tenant has whatever is switched on: the accessibility statement and privacy."""

from flask import Blueprint, render_template

from maagal.permissions import anyone, needs

bp = Blueprint("house", __name__)


@bp.get("/statement")
@needs(anyone)
def statement() -> str:
    """Show the tenant's accessibility statement: whom to ask, what is arranged, what is not yet right."""
    return render_template("house/statement.html")


@bp.get("/privacy")
@needs(anyone)
def privacy() -> str:
    """Say in plain words who sees what."""
    return render_template("house/privacy.html")
