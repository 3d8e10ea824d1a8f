"""Where somebody lands after signing in."""

from typing import Any

from flask import current_app, request, url_for


def landing(viewer: Any) -> str:
    """Return the address of a person's first page: the dashboard for whoever coordinates, else today."""
    dashboard = "dashboard.show" in current_app.view_functions and "coordinator" in viewer.roles
    return url_for("dashboard.show" if dashboard else "people.today")


def local(wanted: str | None) -> str:
    """Return a path of this tenant that somebody asked to come back to; empty for anything that leads elsewhere."""
    path = wanted or ""
    here = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    if not here or path == "/":
        return ""
    inside = request.script_root and path.startswith(request.script_root + "/")
    return path if inside else request.script_root + path
