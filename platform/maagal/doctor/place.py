"""Whether there is room, and nobody else can read what lies here."""

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from maagal.config import settings
from maagal.doctor.finding import BAD, WARN, Finding, judged

LITTLE, LESS = 5 * 2**30, 2**30  # bytes free


def room() -> Iterator[Finding]:
    """There is room on the disk."""
    free = shutil.disk_usage(settings().data).free
    said = f"{free / 2**30:.1f} GiB free at {settings().data}"
    yield judged(free > LITTLE, said, "make room: a full disk stops every organisation", otherwise=WARN if free > LESS else BAD)


def modes() -> Iterator[Finding]:
    """What lies here is its owner's alone."""
    folder = settings().data
    wanted = [folder, folder / "secrets", *(folder / "secrets").glob("*"), folder / "files", folder / "logs"]
    open_ones = [path.name for path in wanted if path.exists() and _others_may(path)]
    said = f"others may read: {', '.join(open_ones)}" if open_ones else "nobody else reads what lies here"
    yield judged(not open_ones, said, "chmod go-rwx")


def _others_may(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
