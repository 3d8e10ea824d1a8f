"""Pictures of pages, where Chromium and playwright are; without them the tour says so and goes on."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import click

from maagal.tour.browser import Browser

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Pictures:
    """A photographer in a process of its own, or nobody."""

    def __init__(self, process: "subprocess.Popen[str] | None") -> None:
        """Take the process that listens for orders."""
        self.process, self.taken = process, 0

    def take(self, file: Path, browser: Browser, path: str, width: int) -> None:
        """Take a picture of a page; nothing where nobody can."""
        if self.process is None or self.process.stdin is None or self.process.stdout is None:
            return
        address = f"http://{browser.host}{path}"
        order = {"file": str(file), "address": address, "cookies": browser.cookies, "width": width}
        try:
            print(json.dumps(order), file=self.process.stdin, flush=True)
            self.taken += self.process.stdout.readline().strip() == "taken"
        except OSError:
            self.process = None


@contextmanager
def photographer() -> Iterator[Pictures]:
    """Have one at hand for a tour."""
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if chromium is None or find_spec("playwright") is None:
        click.echo(f"no pictures: {'there is no chromium' if chromium is None else 'playwright is not installed'}")
        yield Pictures(None)
        return
    command = [sys.executable, "-m", "maagal.tour.camera", chromium, "--no-sandbox" if os.geteuid() == 0 else ""]
    process = subprocess.Popen(
        command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        yield Pictures(process)
    finally:
        process.communicate()  # without orders it ends
