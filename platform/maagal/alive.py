"""Signs of life: what runs in a loop touches a file at every turn, and a health check looks how long ago that was.

`python -m maagal.alive FILE SECONDS` ends with 0 where the file was touched within so many seconds, `python -m maagal.alive URL`
where the address answers 200. It imports nothing of the house: a check every few seconds must cost nothing.
"""

import http.client
import os
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

PATIENCE = 5.0  # seconds for a page


def breathe() -> None:
    """Say that the loop turned once more; nothing where no file is named."""
    if file := os.environ.get("MAAGAL_ALIVE_FILE"):
        Path(file).touch()


def breathed(file: Path, within: float) -> bool:
    """Whether a loop turned within so many seconds."""
    try:
        return time.clock_gettime(time.CLOCK_REALTIME) - file.stat().st_mtime < within  # a file's time is the machine's
    except FileNotFoundError:
        return False


def answers(url: str) -> bool:
    """Whether an address of this machine answers 200."""
    asked = urlsplit(url)
    line = http.client.HTTPConnection(asked.hostname or "", asked.port, timeout=PATIENCE)
    try:
        line.request("GET", asked.path or "/")
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def main(arguments: list[str]) -> int:
    """Return what the health check ends with."""
    what, *rest = arguments
    well = answers(what) if what.startswith("http://") else breathed(Path(what), float(*rest))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
