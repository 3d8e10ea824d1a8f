"""Later releases of the house: its histories in a copy, with further tenant revisions in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree, ignore_patterns
from unittest import mock

from maagal import migrate, paths

REVISION = '''"""A revision of a later release."""

from alembic import op

revision, down_revision = "{name}", "{before}"


def upgrade() -> None:
    """Change."""
    op.execute(r"""{statement}""")
'''


def write_revision(folder: Path, name: str, statement: str, after: str, history: str = "tenant") -> None:
    """Add a revision of one SQL statement, or several, to a copy of the histories."""
    text = REVISION.format(name=name, before=after, statement=statement)
    (folder / history / "versions" / f"{name}.py").write_text(text, encoding="utf-8")


@contextmanager
def later_release(folder: Path, **statements: str) -> Iterator[Path]:
    """Be the release whose tenant history goes on with these revisions: name -> SQL; yields the folder of the histories."""
    made = folder / "migrations"
    if not made.exists():
        copytree(paths.folder("migrations"), made, ignore=ignore_patterns("__pycache__"))
    with release_of(made):
        for name, statement in statements.items():
            write_revision(made, name, statement, migrate.head("tenant"))
            _forget()
        yield made


@contextmanager
def release_of(folder: Path) -> Iterator[None]:
    """Be the release whose histories lie in a folder; a process of its own does it for its whole life."""
    before = paths.folder
    try:
        with mock.patch.object(paths, "folder", lambda name: folder if name == "migrations" else before(name)):
            _forget()
            yield
    finally:
        _forget()


def _forget() -> None:
    for known in (migrate.head, migrate.known, migrate.earlier, migrate.compiled):
        known.cache_clear()
