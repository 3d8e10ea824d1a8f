"""The mail catcher as its readers see it: each letter of a recipient, waited for, and kept as a file."""

import base64
import http.client
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from typing import Any

from maagal.secrets_store import keep
from maagal.servers.mailbox import USER
from maagal.tour.trouble import TourTrouble
from maagal.tour.waiting import wait_for


@dataclass(frozen=True)
class Letter:
    """One mail; `number` grows with each that arrives."""

    number: int
    source: bytes

    @cached_property
    def message(self) -> EmailMessage:
        """The mail, taken apart."""
        return message_from_bytes(self.source, policy=policy.default)

    def part(self, kind: str) -> str:
        """Return the `plain` or the `html` body; raises TourTrouble where it is missing."""
        found = self.message.get_body((kind,))
        if found is None:
            message = f"the mail {self.message['Subject']!r} has no {kind} part"
            raise TourTrouble(message)
        return str(found.get_content())

    def link(self, path: str) -> str | None:
        """Return the first address in the plain part whose path begins so."""
        found = re.search(rf"https?://[^/\s]+({re.escape(path)}[\w/?=&.-]*)", self.part("plain"))
        return found[1] if found else None


class Mails:
    """What the catcher of one house has caught."""

    def __init__(self, folder: Path, port: int) -> None:
        """Take the house's folder, where the password lies, and the catcher's port."""
        word = base64.b64encode(f"{USER}:{keep(folder, 'mailbox')}".encode()).decode()
        self.port, self.headers = port, {"Authorization": f"Basic {word}"}
        self.known: dict[int, Letter] = {}

    def newest(self) -> int:
        """Return the number of the latest mail, 0 before any: later ones can be waited for."""
        return max((int(each["id"]) for each in self._list()), default=0)

    def wait(self, to: str, path: str, after: int = 0, seconds: float = 60.0) -> Letter:
        """Return the first mail to an address, later than `after`, with a link to `path…`; raises TourTrouble in time."""
        return wait_for(lambda: self.find(to, path, after), f"a mail to {to} with a link to {path}…", seconds)

    def find(self, to: str, path: str, after: int = 0) -> Letter | None:
        """Return that mail if it has come."""
        return self._first(to, after, lambda letter: letter.link(path) is not None)

    def _first(self, to: str, after: int, wanted: Callable[[Letter], bool]) -> Letter | None:
        theirs = [int(each["id"]) for each in self._list() if int(each["id"]) > after and _is_to(each, to)]
        return next((letter for number in sorted(theirs) if wanted(letter := self._letter(number))), None)

    def _letter(self, number: int) -> Letter:
        if number not in self.known:
            self.known[number] = Letter(number, self._get(f"/messages/{number}.source"))
        return self.known[number]

    def _list(self) -> list[dict[str, Any]]:
        return list(json.loads(self._get("/messages/"))["messages"])

    def _get(self, path: str) -> bytes:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            line.request("GET", path, headers=self.headers)
            return line.getresponse().read()
        finally:
            line.close()


def _is_to(listed: dict[str, Any], address: str) -> bool:
    return any(address.lower() in str(each).lower() for each in listed["recipients"]["to"])
