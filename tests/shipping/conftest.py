"""The house as it stands behind proxies that end TLS, and a client at whose address each request is made."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from maagal import register
from maagal.app import create_app
from maagal.config import settings
from maagal.db import db
from maagal.limits import limiter

BASE = "maagal.example"
Behind = Callable[..., Flask]


@pytest.fixture
def behind(house: Flask, oak: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Behind]:
    """Return a way to make the house behind so many proxies, over TLS unless told otherwise."""
    made: list[Flask] = []

    def app(hops: int, *, public_url: str = f"https://{BASE}", **told: str) -> Flask:
        monkeypatch.setenv("MAAGAL_PUBLIC_URL", public_url)
        monkeypatch.setenv("MAAGAL_TRUSTED_HOPS", str(hops))
        for name, value in told.items():
            monkeypatch.setenv(f"MAAGAL_{name.upper()}", value)
        settings.cache_clear()
        register.forget()
        made.append(create_app())
        limiter.reset()
        return made[-1]

    db.session.remove()
    yield app
    monkeypatch.undo()
    settings.cache_clear()
    register.forget()
    for each in made:
        with each.app_context():
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()
