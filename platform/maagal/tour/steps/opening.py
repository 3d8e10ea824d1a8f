"""Step 1: a tenant with its first people, and a community."""

from maagal.tour.trouble import must
from maagal.tour.world import World

COMMUNITY = "קהילת הסיור"
COORDINATORS = (("אביגיל", "שקד"), ("נדב", "ארז"))


def run(world: World) -> str:
    """Open a public tenant as its administrator would, an employer's from outside."""
    kind = "business" if world.sheet.is_business else "public"
    world.house.command("tenant", "open", world.slug, "--name", world.name, "--kind", kind, "--demo")
    if world.sheet.is_business:
        world.house.command("community", "open", world.slug, "--name", COMMUNITY)
    else:
        _by_the_administration(world)
    for number, (first, last) in enumerate(COORDINATORS, 1):
        address = f"coordinator.{number}@{world.slug}.example.org"
        _add(world, first, last, address, "coordinator", "--community", COMMUNITY)
        world.coordinators.append(address)
    page = world.coordinator.get("/communities")
    world.community = page.link("main .board a[href*='/communities/']")
    return f"{kind} tenant {world.slug}, a community, two coordinators who came in by mailed link"


def _by_the_administration(world: World) -> None:
    address = f"administrator@{world.slug}.example.org"
    _add(world, "נעמי", "כרמל", address, "administrator")
    browser = world.as_(address)
    form = browser.get("/communities/new").form("/communities/new")
    opened = browser.send(form.with_values(name=COMMUNITY))
    must("/communities/" in opened.path, f"opening the community ended at {opened.path}")


def _add(world: World, first: str, last: str, address: str, role: str, *more: str) -> None:
    told = ("--first", first, "--last", last, "--email", address, "--role", role)
    world.house.command("person", "add", world.slug, *told, *more)
