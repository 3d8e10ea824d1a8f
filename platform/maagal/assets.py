"""What a page loads besides itself: style sheet, script, htmx and fonts, under addresses that name their content."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import brotli
from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from maagal.fonts import web_fonts
from maagal.permissions import anyone, needs

bp = Blueprint("assets", __name__)
STATIC = resources.files("maagal") / "static"
HTMX = resources.files("django_htmx") / "static" / "django_htmx" / "htmx-2.min.js"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """A file as it is sent: its bytes, the same squeezed, its type and the hash of its content."""

    content: bytes
    squeezed: bytes | None
    kind: str
    digest: str


def prepare(cache: Path) -> dict[str, Asset]:
    """Read every asset by name; fonts are cut into `cache` the first time (about two seconds)."""
    fonts = {name: _asset(name, content) for name, content in web_fonts(cache).items()}
    return fonts | {
        "htmx.js": _asset("htmx.js", HTMX.read_bytes()),
        "house.js": _asset("house.js", (STATIC / "js" / "house.js").read_bytes()),
        "house.css": _asset("house.css", _style_sheet(fonts)),
        "mark.svg": _asset("mark.svg", (STATIC / "mark.svg").read_bytes()),
    }


def init_assets(app: Flask, cache: Path) -> None:
    """Serve the assets at /assets/<hash>/<name> and give templates `asset(name)`, the address of one."""
    app.extensions["assets"] = prepare(cache)
    app.register_blueprint(bp)
    app.add_template_global(address, "asset")


def address(name: str) -> str:
    """Give the address of an asset; KeyError for an unknown name."""
    return url_for("assets.file", digest=_assets()[name].digest, name=name)


@bp.get("/assets/<digest>/<name>")
@needs(anyone)
def file(digest: str, name: str) -> Response:
    """Send one asset; a page older than this release gets today's file, uncached."""
    asset = _assets().get(name) or abort(404)
    answer = Response(asset.content, content_type=asset.kind)
    if asset.squeezed and request.accept_encodings.quality("br") > 0:
        answer.set_data(asset.squeezed)
        answer.content_encoding = "br"
    answer.vary.add("Accept-Encoding")
    answer.headers["Cache-Control"] = FOR_EVER if digest == asset.digest else "no-cache"
    return answer


def _assets() -> dict[str, Asset]:
    found: dict[str, Asset] = current_app.extensions["assets"]
    return found


def _asset(name: str, content: bytes) -> Asset:
    kind = KINDS[Path(name).suffix]
    squeezed = None if name.endswith(".woff2") else brotli.compress(content)  # woff2 is brotli inside already
    return Asset(content, squeezed, kind, hashlib.sha256(content).hexdigest()[:12])


def _style_sheet(fonts: Mapping[str, Asset]) -> bytes:
    parts = sorted((STATIC / "css").iterdir(), key=_name)
    css = "\n".join(part.read_text("utf-8") for part in parts if part.name.endswith(".css"))
    for name, font in fonts.items():  # relative to the sheet's own address, so it holds under any prefix
        css = css.replace(f"asset:{name}", f"../{font.digest}/{name}")
    return css.encode()


def _name(part: Traversable) -> str:
    return part.name
