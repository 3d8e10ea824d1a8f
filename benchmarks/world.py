"""A house of the benchmarks' own: real servers in a folder that is deleted at the end, started once a run."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from maagal import embedded, upgrading
from maagal.app import create_app
from maagal.config import Settings, settings
from maagal.environment import environment

_open: list[Flask] = []
_until_the_end = ExitStack()


@contextmanager
def house(mail_url: str = "smtp://127.0.0.1:1") -> Iterator[Flask]:
    """Be in the application's context over a prepared server; the first call starts it."""
    if not _open:
        _open.append(_start(mail_url))
    with _open[0].app_context():
        yield _open[0]


def close() -> None:
    """Stop what was started."""
    _until_the_end.close()


def _start(mail_url: str) -> Flask:
    servers = _until_the_end.enter_context(embedded.temporary())
    folder = Path(_until_the_end.enter_context(TemporaryDirectory(prefix="maagal-bench-")))
    urls = {"database_url": servers.admin_url, "redis_url": servers.redis_url, "mail_url": mail_url}
    os.environ.update(environment(folder, **urls, port=8000))
    settings.cache_clear()
    upgrading.prepare(Settings())
    return create_app()
