"""Step 6: the couples have their weekly hour, are reminded, meet, and say how it was."""

import re
from datetime import datetime, time, timedelta

from maagal.tour.mails import Letter
from maagal.tour.page import Page
from maagal.tour.trouble import must
from maagal.tour.waiting import wait_for
from maagal.tour.world import ZONE, Couple, Person, World

EVENING = time(18, 1)
AFTERWARDS = timedelta(hours=3)  # a meeting of an hour, another hour until it is asked how it was, and one to spare
HEBREW = re.compile(r"[\u05d0-\u05ea]")
ONE_TAP = "/how-was-it/"
PHONE = 360  # pixels


def run(world: World) -> str:
    """Let the first couple come to its first meeting; read the reminder; let both sides tell of it."""
    must(world.couples, "the round made no couple, so nobody meets")
    planned = [len(_planned(world, couple)) for couple in world.couples]
    couple, meeting, starts = min((_first(world, couple) for couple in world.couples), key=lambda each: each[2])
    world.coordinator.send(world.coordinator.get(couple.pair).form("/trial"))
    reminder = _reminder(world, couple, meeting, starts)
    how = _told(world, couple, meeting, starts)
    timeline = world.coordinator.get(couple.pair).all(f"ol.timeline a[href='{meeting}']")
    must(timeline, "the meeting does not stand on the couple's page")
    held = world.coordinator.get(meeting).all("main > p .state.good")
    must(held, "both said that they met, and the meeting does not count as held")
    return f"{sum(planned)} meetings planned for {len(planned)} couples; {reminder}; {how}; held"


def _planned(world: World, couple: Couple) -> list[tuple[str, datetime]]:
    """Wait for a couple's meetings; return address and begin of each, the earliest first."""

    def look() -> list[tuple[str, datetime]]:
        page = world.coordinator.get(f"{couple.pair}/meetings")
        links = page.all("main ul.list li a.title")
        found = [(str(link["href"]), datetime.fromisoformat(str(link.select("time")[0]["datetime"]))) for link in links]
        return sorted(found, key=lambda each: each[1])

    return wait_for(look, f"the meetings of {couple.participant.name} and {couple.mentor.name}")


def _first(world: World, couple: Couple) -> tuple[Couple, str, datetime]:
    """Return a couple's first meeting of which one can still be reminded the evening before."""
    ahead = [each for each in _planned(world, couple) if _evening_before(each[1]) > world.house.now()]
    must(ahead, "no meeting lies further ahead than tomorrow")
    return couple, *ahead[0]


def _evening_before(starts: datetime) -> datetime:
    return datetime.combine(starts.astimezone(ZONE).date() - timedelta(days=1), EVENING, ZONE)


def _reminder(world: World, couple: Couple, meeting: str, starts: datetime) -> str:
    """Go to the evening before and read the reminder: the organisation's name, Hebrew, right to left, a plain part."""
    before = world.mails.newest()
    world.move_clock_to(_evening_before(starts))
    reached, letter = _whoever_is_written_to(world, couple, meeting, before)
    if letter is None:
        return "reminded in the inbox alone, for mail reaches neither"
    html, plain = letter.part("html"), letter.part("plain")
    must(world.name in str(letter.message["From"]) and world.name in plain, "the reminder does not name the organisation")
    must('dir="rtl"' in html and HEBREW.search(html), "the reminder is not Hebrew from right to left")
    must(HEBREW.search(plain), "the reminder's plain part is not Hebrew")
    world.keep_mail("6-reminder", letter)
    return f"reminder the evening before, to the {reached}"


def _whoever_is_written_to(world: World, couple: Couple, path: str, after: int) -> tuple[str, Letter | None]:
    """Wait for a mail to one of the two, whom the house may write to only where that is safe."""
    sides = {"mentor": couple.mentor, "participant": couple.participant}

    def look() -> tuple[str, Letter | None] | None:
        for side, person in sides.items():
            if person.has_mail and (letter := world.mails.find(person.address, path, after)):
                return side, letter
        return None

    if not any(person.has_mail for person in sides.values()):
        return "", None
    return wait_for(look, f"a mail to {couple.mentor.name} or {couple.participant.name} with a link to {path}")


def _told(world: World, couple: Couple, meeting: str, starts: datetime) -> str:
    """Go past the meeting; one side tells signed in, the other by the one-tap link without signing in."""
    before = world.mails.newest()
    world.move_clock_to(starts + AFTERWARDS)
    tapping, letter = _whoever_is_written_to(world, couple, ONE_TAP, before)
    link = letter.link(ONE_TAP) if letter else _link_by_hand(world, meeting)
    signed_in = couple.participant if tapping == "mentor" else couple.mentor
    _log(world, signed_in, meeting)
    if letter:
        world.keep_mail("6-how-was-it", letter)
    _tap(world, str(link))
    told = "participant" if tapping == "mentor" else "mentor"
    return f"the {told} told signed in, the other by a one-tap link, which works once"


def _link_by_hand(world: World, meeting: str) -> str:
    """Have the coordinator make a link that can be sent by WhatsApp: nobody here is reached by mail."""
    page = world.coordinator.get(meeting)
    made = world.coordinator.send(page.form("/link"), pressed=("side", "participant"))
    found = re.search(rf"{ONE_TAP}[\w-]{{43}}", made.main.get_text())
    must(found, "the page made no link")
    return str(found and found[0])


def _log(world: World, person: Person, meeting: str) -> None:
    browser = world.as_(person.address)
    page = browser.get(f"{meeting}/log")
    world.picture("6-log-on-a-phone", browser, page, PHONE)
    said = page.form("/log").with_values(held="yes", shared="נפגשנו, היה טוב. עברנו על המכתבים.")
    kept = browser.send(said)
    must(kept.path == meeting, f"the summary was not kept: {kept.complaint}")


def _tap(world: World, link: str) -> None:
    """Use a one-tap link in a browser that knows nobody, and try it again."""
    browser = world.visitor()
    page: Page = browser.get(link)
    world.picture("6-one-tap-on-a-phone", browser, page, PHONE)
    browser.send(page.form(page.path).with_values(held="yes"))
    browser.get(link, 404)
