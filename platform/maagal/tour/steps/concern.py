"""Step 7: a concern reaches both coordinators, and a mentor's access ends at once."""

from maagal.tour.page import words
from maagal.tour.trouble import must
from maagal.tour.world import Couple, World

LEVEL = "2"


def run(world: World) -> str:
    """Raise a concern as a mentor, hear of it as both coordinators, and stop the mentor."""
    must(world.couples, "the round made no couple, so nobody could be stopped")
    couple = world.couples[0]
    concern = _raised(world, couple)
    _heard(world, concern)
    page = world.coordinator.get(concern)
    page = world.coordinator.send(page.form("/taking"))
    world.as_(couple.mentor.address).get(couple.pair)
    world.coordinator.send(page.form("/stop"))
    world.as_(couple.mentor.address).get(couple.pair, 404)
    return "raised by a mentor; both coordinators have mail and notice; stopped, and the mentor's next request is 404"


def _raised(world: World, couple: Couple) -> str:
    """Raise it from the couple's page; return the address of its own page, as the first coordinator's mail has it."""
    before = world.mails.newest()
    mentor = world.as_(couple.mentor.address)
    page = mentor.get(mentor.get(couple.pair).link("main a[href*='/concerns/new']"))
    about = [str(each["value"]) for each in page.all("main input[name=about]")]
    filled = page.form("/concerns/new").with_values(level=LEVEL, about=about[0], words="יש פחד בבית, צריך לדבר היום")
    sent = mentor.send(filled)
    must("/concerns/sent" in sent.path, f"the concern ended at {sent.path}")
    letters = [world.mails.wait(address, "/concerns/", before) for address in world.coordinators]
    world.keep_mail("7-concern", letters[0])
    spoken = words(page.main)
    must(couple.participant.name not in letters[0].part("plain"), f"the mail about a concern names somebody: {spoken}")
    return str(letters[0].link("/concerns/"))


def _heard(world: World, concern: str) -> None:
    for address in world.coordinators:
        inbox = world.as_(address).get("/notices")
        must(inbox.all(f"#notices a[href$='{concern}']"), f"{address} has no notice of the concern")
