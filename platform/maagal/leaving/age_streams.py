"""Encrypting to somebody's public key (age) on the way to the disk: plain bytes go through a pipe and never into a file."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, Any

import pyrage

from maagal.age_keys import Recipient, public_key

CHUNK = 1 << 16
Identity = Any  # pyrage says no types


class CannotOpen(ValueError):
    """A file is damaged, cut short, not ours, or not for this identity; the message says it in one line."""


class _Pump(threading.Thread):
    """Runs one direction of a pipe; closes its end when it is through and keeps what went wrong."""

    def __init__(self, work: Callable[[], None], end: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self.work, self.end = work, end
        self.failed: Exception | None = None
        self.start()

    def run(self) -> None:
        """Work to the end."""
        try:
            self.work()
        except Exception as why:  # noqa: BLE001  it is raised again where the other end is held
            self.failed = why
        with suppress(OSError):
            self.end.close()


@contextmanager
def encrypting(sink: IO[bytes], recipients: Sequence[Recipient]) -> Iterator[IO[bytes]]:
    """Give what to write plain bytes into; SINK gets them encrypted. Only after a clean end is SINK whole.

    Raises OSError where SINK takes no more.
    """
    reading, writing = _pipe()
    pump = _Pump(partial(pyrage.encrypt_io, reading, sink, recipients), reading)
    try:
        yield writing
        writing.close()
    except BrokenPipeError:
        pass  # whoever read told why
    finally:
        with suppress(OSError):
            writing.close()
        pump.join()
    if pump.failed:
        message = f"it could not be written: {pump.failed}"
        raise OSError(message) from pump.failed


@contextmanager
def decrypting(source: IO[bytes], identities: Sequence[Identity]) -> Iterator[IO[bytes]]:
    """Give the plain bytes of SOURCE to read; raises CannotOpen, at the latest when the block ends well."""
    reading, writing = _pipe()
    pump = _Pump(partial(pyrage.decrypt_io, source, writing, identities), writing)
    try:
        yield reading
        while reading.read(CHUNK):  # to the very end: only then is the last of it known to be genuine
            pass
    except Exception:
        _stop(reading, pump)
        _tell(pump)
        raise
    finally:
        _stop(reading, pump)
    _tell(pump)


def identities_in(path: Path) -> list[Identity]:
    """Return the secret keys of an identity file as age-keygen writes it; raise CannotOpen where there are none."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError as why:
        message = f"{path} is not an identity file as age-keygen writes it"
        raise CannotOpen(message) from why
    if not found:
        message = f"{path} holds no identity"
        raise CannotOpen(message)
    return found


def recipient(text: str) -> Recipient:
    """Read a public key, `age1…`; raise CannotOpen where it is none."""
    if (found := public_key(text)) is None:
        message = f"{text!r} is not a public key of age (age1…)"
        raise CannotOpen(message)
    return found


def make_identity(path: Path) -> str:
    """Write a new identity that its owner alone may read; return its public key. Raises FileExistsError."""
    made = pyrage.x25519.Identity.generate()
    public = str(made.to_public())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"# public key: {public}\n{made}\n")
    return public


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb")


def _stop(reading: IO[bytes], pump: _Pump) -> None:
    with suppress(OSError):
        reading.close()
    pump.join()


def _tell(pump: _Pump) -> None:
    """Raise what kept the other end from going on; that we stopped reading is no reason."""
    if isinstance(pump.failed, pyrage.DecryptError):
        message = "it is not encrypted to this identity, or is no file of ours"
        raise CannotOpen(message) from pump.failed
    if pump.failed is not None and not isinstance(pump.failed, BrokenPipeError):
        message = "it is damaged or cut short"
        raise CannotOpen(message) from pump.failed
