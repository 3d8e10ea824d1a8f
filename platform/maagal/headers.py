"""What every answer says to the browser: where things may come from, what may be kept, who may frame it (nobody)."""

from flask import Flask, Response, abort, request

from maagal.permissions import viewer

POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
))  # fmt: skip
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def init_headers(app: Flask) -> None:
    """Send the headers with every answer and refuse posts that another site started."""
    app.before_request(refuse_other_sites)
    app.after_request(send_headers)


def refuse_other_sites() -> None:
    """Refuse a post whose browser says that another site sent it; old phones say nothing, then the token decides."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if request.method not in SAFE and site not in {"same-origin", "none"}:
        abort(400)


def send_headers(response: Response) -> Response:
    """Add the headers; whatever was made for somebody signed in is not stored anywhere."""
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    if "Cache-Control" not in response.headers or (viewer() is not None and request.blueprint != "assets"):
        response.headers["Cache-Control"] = "no-store"
    return response
