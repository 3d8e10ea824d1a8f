"""A tenant's stored files: all that lies in the folder named after its schema."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from maagal.leaving.age_streams import CannotOpen
from maagal.scopes import files_of
from maagal.whole_files import write_whole

FILES = "files/"  # how their names begin in an archive


def stored(schema: str) -> Iterator[tuple[str, Path]]:
    """Yield each file's name in an archive and its path; half-written ones, whose names begin with a dot, are left out."""
    root = files_of(schema)
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            yield FILES + path.relative_to(root).as_posix(), path


def store(schema: str, name: str, content: bytes) -> None:
    """Put a member of an archive back; raise CannotOpen for a name that climbs out of the folder."""
    root = files_of(schema)
    path = root / name.removeprefix(FILES)
    if not path.resolve().is_relative_to(root.resolve()):
        message = "it names a file outside its own folder"
        raise CannotOpen(message)
    write_whole(path, content)


def remove(schema: str) -> None:
    """Delete a schema's files; safe to repeat."""
    shutil.rmtree(files_of(schema), ignore_errors=True)
    if files_of(schema).exists():
        message = f"{files_of(schema)} could not be deleted"
        raise OSError(message)
