"""One archive, written and read as a stream: a tar whose last member lists every other with its SHA-256."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from maagal.leaving.age_streams import CannotOpen

MANIFEST = "manifest.json"
ABOUT = "about.json"
PART = 16 * 2**20  # bytes: a longer table goes on in a second member, so that no table need fit into memory
Write = Callable[[bytes], None]


class Packing:
    """An archive being written."""

    def __init__(self, into: IO[bytes]) -> None:
        self._into = into
        self._hashes: dict[str, str] = {}

    def put(self, name: str, content: bytes) -> None:
        """Add one member."""
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        self._into.write(member.tobuf(tarfile.PAX_FORMAT))
        self._into.write(content + bytes(-len(content) % tarfile.BLOCKSIZE))
        self._hashes[name] = hashlib.sha256(content).hexdigest()

    def put_file(self, name: str, path: Path) -> None:
        """Add a stored file, which its writers replace as a whole and never change; one that is gone is left out."""
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return
        self.put(name, content)

    @contextmanager
    def parts(self, stem: str, suffix: str) -> Iterator[Write]:
        """Give what to write a table's lines into; they become `stem.suffix`, `stem.2.suffix` and so on."""
        held, number = bytearray(), 1

        def flush() -> None:
            nonlocal number
            self.put(f"{stem}.{suffix}" if number == 1 else f"{stem}.{number}.{suffix}", bytes(held))
            held.clear()
            number += 1

        def write(lines: bytes) -> None:
            held.extend(lines)
            if len(held) >= PART:
                flush()

        yield write
        if held or number == 1:
            flush()

    def finish(self, **told: object) -> None:
        """Write the manifest: what the archive is, and each member's hash."""
        self.put(MANIFEST, as_json(told | {"sha256": self._hashes}))
        self._into.write(bytes(2 * tarfile.BLOCKSIZE))


def unpack(source: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield each member's name and content in order, the manifest last; raise CannotOpen where they do not fit together.

    What came before is to be believed only when the end was reached: keep it in a transaction until then.
    """
    hashes: dict[str, str] = {}
    try:
        with tarfile.open(fileobj=source, mode="r|") as tar:
            for member in tar:
                content = (tar.extractfile(member) or io.BytesIO()).read()
                if member.name == MANIFEST:
                    _check(hashes, json.loads(content))
                    yield member.name, content
                    return
                hashes[member.name] = hashlib.sha256(content).hexdigest()
                yield member.name, content
    except tarfile.TarError as why:
        message = "it is damaged or cut short"
        raise CannotOpen(message) from why
    message = "it has no manifest: it was cut short"
    raise CannotOpen(message)


def as_json(content: object) -> bytes:
    """Return JSON that a person can read too."""
    return (json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n").encode()


def _check(hashes: dict[str, str], manifest: dict[str, Any]) -> None:
    if hashes != manifest.get("sha256"):
        message = "its members are not those that its manifest lists"
        raise CannotOpen(message)
