"""Whether this process is alive."""

from flask import Blueprint

from maagal.permissions import anyone, needs

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@needs(anyone)
def healthz() -> tuple[str, int, dict[str, str]]:
    """Answer as long as the process can."""
    return "ok\n", 200, {"Content-Type": "text/plain"}
