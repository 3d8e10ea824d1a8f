"""Where somebody lands after signing in."""

from typing import Any

from flask import current_app, url_for


def landing(viewer: Any) -> str:
    """Return the address of a person's first page: the dashboard for whoever coordinates, else today."""
    dashboard = "dashboard.show" in current_app.view_functions and "coordinator" in viewer.roles
    return url_for("dashboard.show" if dashboard else "people.today")
