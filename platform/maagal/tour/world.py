"""What the tour of one sheet knows: its tenant, who is signed in where, and what the steps hand to the next."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from maagal.tour.browser import Browser
from maagal.tour.house import House
from maagal.tour.mails import Letter, Mails
from maagal.tour.page import Page, words
from maagal.tour.pictures import Pictures
from maagal.tour.sheets import Sheet
from maagal.tour.trouble import TourTrouble

ZONE = ZoneInfo("Asia/Jerusalem")
SIGN_IN = "/sign-in/"
ASKED_MOST = 4  # links an address may ask for in a quarter of an hour, and one to spare


@dataclass(frozen=True)
class Person:
    """Somebody as their page shows them. `address` is the mail address, or the phone number of whoever has none."""

    name: str
    page: str
    address: str

    @property
    def has_mail(self) -> bool:
        """Whether mails reach them."""
        return "@" in self.address


@dataclass(frozen=True)
class Couple:
    """A pair of the tour and its two people."""

    pair: str  # the address of its page
    participant: Person
    mentor: Person


@dataclass
class World:
    """One sheet's tour."""

    house: House
    sheet: Sheet
    slug: str
    out: Path
    pictures: Pictures
    community: str = ""  # its page
    coordinators: list[str] = field(default_factory=list)  # mail addresses
    asked: str = ""  # the name of whoever asked for help on the public site
    couples: list[Couple] = field(default_factory=list)
    browsers: dict[str, Browser] = field(default_factory=dict)
    asked_for: dict[str, int] = field(default_factory=dict)
    surely_in: set[str] = field(default_factory=set)  # who was found signed in since time was last moved

    @cached_property
    def mails(self) -> Mails:
        """What was mailed in this house."""
        return Mails(self.house.instance.folder, self.house.port + 2)

    @property
    def name(self) -> str:
        """What the organisation is called."""
        return f"מעגל הסיור – {self.sheet.name}"

    @property
    def coordinator(self) -> Browser:
        """The first coordinator's browser, signed in."""
        return self.as_(self.coordinators[0])

    def visitor(self) -> Browser:
        """Open a browser that knows nobody."""
        return Browser(self.house.port, self.slug)

    def as_(self, address: str) -> Browser:
        """Return somebody's browser; sign in by a mailed link where they are not, or not any more."""
        browser = self.browsers.get(address)
        if browser is not None and address in self.surely_in:
            return browser
        if browser is None or browser.get("/sign-in").path.startswith("/sign-in"):
            browser = self.browsers[address] = self._signed_in(address)
        self.surely_in.add(address)
        return browser

    def _signed_in(self, address: str) -> Browser:
        browser = self.visitor()
        page = browser.get(self._link_for(address, browser))
        landed = browser.send(page.form(page.path))
        if landed.path.startswith(SIGN_IN):
            message = f"signing in as {address} ended at {landed.path}: {landed.complaint}"
            raise TourTrouble(message)
        return browser

    def _link_for(self, address: str, browser: Browser) -> str:
        """Ask for a link and read it from the mail; without mail, or after asking often, have the house print one."""
        asked = self.asked_for[address] = self.asked_for.get(address, 0) + 1
        if "@" not in address or asked > ASKED_MOST:
            return self.house.command("person", "link", self.slug, address).splitlines()[-1]
        before = self.mails.newest()
        browser.send(browser.get("/sign-in").form("/sign-in").with_values(address=address))
        letter = self.mails.wait(address, SIGN_IN, before)
        return str(letter.link(SIGN_IN))

    def people(self) -> dict[str, list[str]]:
        """Return name -> addresses of pages, of everybody the coordinator finds."""
        found: dict[str, list[str]] = {}
        page = self.coordinator.get("/people")
        while True:
            for link in page.all("#people tbody a[href*='/people/']"):
                found.setdefault(words(link), []).append(str(link["href"]))
            following = page.all("nav.pager a[rel=next]")
            if not following:
                return found
            page = self.coordinator.get(str(following[0]["href"]))

    def person(self, name: str, page: str) -> Person:
        """Read how somebody is reached from their page."""
        shown = self.coordinator.get(page)
        mail = [words(link) for link in shown.all("main a[href^='mailto:']")]
        phone = [str(link["href"]).removeprefix("tel:") for link in shown.all("main a[href^='tel:']")]
        return Person(name, page, (mail + phone + [""])[0])

    def move_clock_to(self, moment: datetime) -> None:
        """Let time pass for the whole house."""
        self.house.move_clock_to(moment)
        self.surely_in.clear()

    def keep(self, name: str, content: bytes) -> Path:
        """Write a file of this sheet into the folder for results."""
        file = self.out / f"{self.sheet.name}-{name}"
        file.write_bytes(content)
        return file

    def keep_mail(self, name: str, letter: Letter) -> None:
        """Write a mail down."""
        self.keep(f"{name}.eml", letter.source)

    def picture(self, name: str, browser: Browser, page: Page, width: int = 1280) -> None:
        """Take a picture of a page as that browser sees it, where Chromium is."""
        self.pictures.take(self.out / f"{self.sheet.name}-{name}.png", browser, page.path, width)


def numbers(text: str) -> list[int]:
    """Return the whole numbers in a text, in order."""
    return [int(each) for each in re.findall(r"\d+", text)]
