"""A large file that appears under its name when it is whole, and not before."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from maagal.whole_files import make_folder


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write; at a clean end it is PATH, otherwise it is deleted. What is killed half-way ends in `.half`.

    It is readable by its owner alone. What was at PATH before is replaced.
    """
    make_folder(path.parent)
    half = path.with_name(f".{path.name}.{os.getpid()}.half")
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
