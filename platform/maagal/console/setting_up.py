"""Adding the console to the application."""

from flask import Flask

from maagal.console.viewer import load_operator
from maagal.console.views import door, leaving, lost_steps, organisations, running, trying

VIEWS = (door, organisations, leaving, lost_steps, running, trying)  # each adds its pages to the one blueprint


def init_console(app: Flask) -> None:
    """Add the console's pages; whoever is signed in there is an operator and nothing else."""
    app.extensions["load_operator"] = load_operator
    for blueprint in {module.bp for module in VIEWS}:
        app.register_blueprint(blueprint)
