"""Step 5: who fits one person; then a round for everyone who waits, looked through, published and answered."""

from collections import Counter

from bs4 import Tag

from maagal.tour.page import Page, words
from maagal.tour.trouble import must
from maagal.tour.world import Couple, Person, World

TRIED = 6  # people for whom it is asked who fits
ANSWERING = 3  # couples that say yes


def run(world: World) -> str:
    """Match one person, then the others, and let three mentors and their participants answer."""
    one = _one_person(world)
    board, hand = _draft(world)
    suggested, left = _matched(board), _left(board)
    sent = _published(world, board)
    world.couples = _couples(world)
    for couple in world.couples:
        _say_yes(world, couple)
    why = "; ".join(f"{number}x {reason}" for reason, number in Counter(left).most_common(3))
    told = f"{len(suggested)} suggested, {len(left)} impossible" + (f" ({why})" if why else "")
    return f"{one}; the round: {told}; {hand}; {sent} mentors asked; {len(world.couples)} couples said yes"


def _one_person(world: World) -> str:
    """Ask who fits, of whoever asked for help first; offer the best in two clicks where there is one."""
    waiting = world.coordinator.get("/matching").all("main li a.title[href*='/matching/people/']")
    mine = sorted(waiting, key=lambda link: not words(link).startswith(world.asked or " "))
    for tried, link in enumerate(mine[:TRIED], 1):
        page = world.coordinator.get(str(link["href"]))
        offers = page.all("main .board a.primary[href*='/mentors/']")
        if not offers:
            continue
        form = world.coordinator.get(str(offers[0]["href"]))
        world.coordinator.send(form.form(form.path).with_values(approved="y"))
        return f"who fits: {len(offers)} best shown for person {tried} asked about, offer sent"
    return f"who fits: nobody just now for {min(len(mine), TRIED)} people"


def _draft(world: World) -> tuple[Page, str]:
    """Make a draft, keep one couple, rule another out; return the board, and what was done by hand."""
    page = world.coordinator.get("/matching")
    forms = page.forms("/matching/rounds")
    if not forms:
        return page, "nobody waits any more"
    places = [str(each["value"]) for each in page.all("main input[name=community]")]
    board = world.coordinator.send(forms[0].with_values(community=places))
    rows, done = _matched(board), []
    if rows:
        board = world.coordinator.send(board.form("/lock", within=rows[0]))
        done.append("one kept")
    if len(rows := _matched(board)) > 1:
        board = _ruled_out(world, board)
        done.append("one ruled out with a reason")
    world.picture("5-round", world.coordinator, board)
    return board, " and ".join(done) or "nothing to change by hand"


def _ruled_out(world: World, board: Page) -> Page:
    """Forbid the last couple that is not kept; without a reason that is refused."""
    row = next(each for each in reversed(_matched(board)) if not each.select("form[action$='/unlock']"))
    form = board.form("/forbid", within=row)
    world.coordinator.send(form.with_values(reason=""), 422)
    changed = world.coordinator.send(form.with_values(reason="מכירים זה את זו מהשכונה"))
    still = [changed.form("/forbid", within=each) for each in _matched(changed) if each["id"] == row["id"]]
    must(all(each.values["mentor"] != form.values["mentor"] for each in still), "who was ruled out is suggested again")
    return changed


def _published(world: World, board: Page) -> int:
    """Read the texts through and publish; return how many mentors are asked."""
    links = board.all("main a[href$='/publish']")
    if not links:
        return 0
    texts = world.coordinator.get(str(links[0]["href"]))
    done = world.coordinator.send(texts.form("/publish").with_values(approved="y"))
    return len(done.all("main li a.title[href*='/pairs/']"))


def _couples(world: World) -> list[Couple]:
    """Choose offers whose two people can be told apart by name; those whom mail reaches first."""
    known = world.people()
    found = [_couple(world, link, known) for link in world.coordinator.get("/pairs").all("#pairs a.title")]
    whole = [couple for couple in found if couple is not None]
    whole.sort(key=lambda couple: -(couple.participant.has_mail + couple.mentor.has_mail))
    each_mentor_once = {couple.mentor.page: couple for couple in reversed(whole)}
    return [couple for couple in whole if couple in each_mentor_once.values()][:ANSWERING]


def _couple(world: World, link: Tag, known: dict[str, list[str]]) -> Couple | None:
    names = [words(each) for each in link.select("bdi")]
    if len(names) != 2 or any(len(known.get(name, ())) != 1 for name in names):
        return None
    participant, mentor = (world.person(name, known[name][0]) for name in names)
    return Couple(str(link["href"]), participant, mentor) if participant.address and mentor.address else None


def _say_yes(world: World, couple: Couple) -> None:
    """Let the mentor read the summary, in which no name stands, and agree; then the participant."""
    offer = couple.pair.replace("/pairs/", "/offers/")
    mentor, participant = world.as_(couple.mentor.address), world.as_(couple.participant.address)
    page = mentor.get(offer)
    must(not _named(couple.participant, words(page.main)), f"{offer} tells the mentor who the participant is")
    mentor.send(page.form("/yes"))
    agreed = participant.send(participant.get(offer).form("/yes"))
    must("/pairs/" in agreed.path, f"after both agreed the participant stands at {agreed.path}")


def _named(person: Person, text: str) -> bool:
    spoken = {word.strip(".,;:!?()\"'") for word in text.split()}
    return any(part in spoken for part in person.name.split() if len(part) > 1)


def _matched(board: Page) -> list[Tag]:
    return [row for row in board.all("#board li[id^='row-']") if row.select("strong.number")]


def _left(board: Page) -> list[str]:
    rows = [row for row in board.all("#board li[id^='row-']") if not row.select("strong.number")]
    return [words(row.select("p.small")[0]) for row in rows]
