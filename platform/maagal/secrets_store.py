"""Passwords and keys of an embedded instance: random, made once, readable by their owner alone."""

import os
import secrets
from pathlib import Path


def keep(folder: Path, name: str) -> str:
    """Give the secret NAME kept under FOLDER (32 bytes as 64 hex digits); the first call makes it."""
    path = folder / "secrets" / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return path.read_text()
    except FileNotFoundError:
        _make(path)
        return path.read_text()


def _make(path: Path) -> None:
    """Write a new secret; of two at once the first wins, and nobody ever reads half of one."""
    mine = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(mine, path)
    except FileExistsError:
        return
    finally:
        mine.unlink()
