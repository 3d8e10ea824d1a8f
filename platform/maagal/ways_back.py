"""Where a form leads back to: a path of this very tenant, never another site."""

from flask import request


def local(wanted: str | None) -> str:
    """Return a path of this tenant that somebody asked to come back to; empty for anything that leads elsewhere.

    Browsers drop tabs and line ends and read a backslash as a slash (WHATWG URL, 4.4): whoever holds one leads elsewhere.
    """
    path = wanted or ""
    if not path.startswith("/") or path.startswith("//") or not path.isprintable() or "\\" in path:
        return ""
    inside = request.script_root and path.startswith(request.script_root + "/")
    return path if inside else request.script_root + path
