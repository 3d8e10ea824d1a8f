"""A small application that only knows templates and languages: no database, no request."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import Babel

from maagal.fonts import print_fonts
from tests.reports.rendering.world import CATALOGUE, ROOT


@pytest.fixture(scope="session")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of the house's static fonts."""
    return print_fonts(tmp_path_factory.mktemp("fonts"))[0].parent


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Return an application with the house's templates and its Hebrew catalogue, compiled here."""
    words = tmp_path_factory.mktemp("words") / "he/LC_MESSAGES"
    words.mkdir(parents=True)
    with CATALOGUE.open("rb") as source, (words / "messages.mo").open("wb") as made:
        write_mo(made, read_po(source, locale="he"))
    made_app = Flask("shown", template_folder=str(ROOT / "templates"))
    Babel(made_app, default_translation_directories=str(words.parents[1]))
    return made_app


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    """Stand inside the application, as a worker does: there is no request."""
    with app.app_context():
        yield
