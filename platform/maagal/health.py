"""Whether this process is alive, and whether the house is ready. Anyone may ask, so the answers are words, never numbers."""

from flask import Blueprint, Response, abort, jsonify, request

from maagal.limits import limiter
from maagal.permissions import anyone, needs
from maagal.readiness import CHECKS, OK, Readiness

bp = Blueprint("health", __name__)
limiter.exempt(bp)  # it would ask Valkey, and an answer must not hang on that
_readiness = Readiness()


@bp.get("/healthz")
@needs(anyone)
def healthz() -> tuple[str, int, dict[str, str]]:
    """Answer as long as the process can."""
    return "ok\n", 200, {"Content-Type": "text/plain"}


@bp.get("/readyz")
@needs(anyone)
def readyz() -> Response:
    """Answer 200 when every check is well, else 503; `?check=database` asks for some of them, as often as there are."""
    wanted = request.args.getlist("check") or list(CHECKS)
    if not set(wanted) <= set(CHECKS):
        abort(404)
    found = {name: said for name, said in _readiness.now().items() if name in wanted}
    ready = all(said == OK for said in found.values())
    answer = jsonify({"ready": ready, "checks": found})
    answer.status_code = 200 if ready else 503
    return answer
