"""Files that nobody ever reads half of, however many processes write them at once."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def make_folder(folder: Path) -> None:
    """Make a folder and those above it where they are missing, each for its owner alone; `mkdir` would open those above."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Put CONTENT at PATH in one step, making its folder; of two writers at once the last wins.

    The file is readable by its owner alone. Raises OSError where it cannot be written; then nothing is left behind.
    """
    with _beside(path) as file:
        file.write(content)


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """Give a large file to write; at a clean end it is PATH, as by write_whole, and is on the disk. Otherwise it is deleted."""
    with _beside(path) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _beside(path: Path) -> Iterator[IO[bytes]]:
    """Give a file beside PATH that takes its place at a clean end; of one that is killed a name with a dot before it remains."""
    make_folder(path.parent)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    half = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        half.replace(path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
