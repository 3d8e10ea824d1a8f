"""Step 3: the community has its people, and the board says what it lacks."""

from maagal.tour.page import words
from maagal.tour.trouble import must
from maagal.tour.world import World


def run(world: World) -> str:
    """Read the capacity board."""
    page = world.coordinator.get("/communities")
    roles, amounts = page.all("main .board .card dl.facts dt"), page.all("main .board .card dl.facts dd")
    must(roles, "the capacity board is empty")
    there = [f"{words(role)} {words(amount)}" for role, amount in zip(roles, amounts, strict=True)]
    lacks = len(page.all("main .board .card ul.stack li"))
    return f"{', '.join(there)}; {lacks} things it lacks"
