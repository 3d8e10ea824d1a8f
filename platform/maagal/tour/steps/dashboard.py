"""Step 8: the coordinator's dashboard, exceptions first."""

from maagal.tour.page import words
from maagal.tour.trouble import must
from maagal.tour.world import World

NAMED = 4


def run(world: World) -> str:
    """Read what needs the coordinator."""
    page = world.coordinator.get("/dashboard")
    titles = [words(each) for each in page.all("#exceptions li.card a.title")]
    must(page.all("main .board .card"), "the dashboard shows no community")
    world.picture("8-dashboard", world.coordinator, page)
    named = ", ".join(dict.fromkeys(titles[:NAMED]))
    return f"{len(titles)} exceptions" + (f": {named}" if named else "")
