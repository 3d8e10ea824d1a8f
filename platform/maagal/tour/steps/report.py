"""Step 9: the month is over, and its report is there by itself, once."""

from datetime import datetime, time

from maagal.tour.page import Page
from maagal.tour.trouble import must
from maagal.tour.waiting import wait_for
from maagal.tour.world import ZONE, World

HOUR = time(6)
SMALLEST_PDF = 10_000  # bytes; fonts and a page of tables
BEGINS = {"pdf": b"%PDF", "xlsx": b"PK", "csv": b""}


def run(world: World) -> str:
    """Go to the first of the next month, read the report in all its shapes, and ask for it by hand in vain."""
    month = _turn_the_month(world)
    report = wait_for(lambda: _report(world), "the monthly report", 120)
    page = world.coordinator.get(report)
    world.picture("9-report", world.coordinator, page)
    sizes = {kind: _file(world, page, kind, month) for kind in BEGINS}
    before = len(_rows(world))
    again = world.coordinator.send(world.coordinator.get("/reports").form("/reports"))
    must(again.path == report and len(_rows(world)) == before, "made by hand, the month has a second report")
    said = ", ".join(f"{kind.upper()} {size // 1000} kB" for kind, size in sizes.items())
    return f"report of {month} made by a worker: page, {said}; by hand again: no second one"


def _turn_the_month(world: World) -> str:
    """Go to the next month's first morning; return the name of the month that is over."""
    today = world.house.now().astimezone(ZONE).date()
    first = today.replace(year=today.year + today.month // 12, month=today.month % 12 + 1, day=1)
    world.move_clock_to(datetime.combine(first, HOUR, ZONE))
    return f"{today:%Y-%m}"


def _report(world: World) -> str | None:
    return next(iter(_rows(world)), None)


def _rows(world: World) -> list[str]:
    """List the addresses of the reports this coordinator may read."""
    page = world.coordinator.get("/reports")
    return [str(link["href"]) for link in page.all("main tbody th a[href*='/reports/']")]


def _file(world: World, page: Page, kind: str, month: str) -> int:
    """Download a report in one shape; return its size in bytes."""
    got = world.coordinator.get(page.link(f"main .actions a[href*='/{kind}']"))
    must(got.body.startswith(BEGINS[kind]) and got.body, f"the {kind} is no {kind}")
    must(kind != "pdf" or len(got.body) > SMALLEST_PDF, f"the PDF has only {len(got.body)} bytes")
    world.keep(f"9-report-{month}.{kind}", got.body)
    return len(got.body)
