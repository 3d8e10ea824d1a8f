"""One sheet after the other, one step after the other: what was done, and how long it took."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click

from maagal.servers.process import StartError
from maagal.tour import house
from maagal.tour.pictures import photographer
from maagal.tour.sheets import sheets
from maagal.tour.steps import asking, concern, dashboard, importing, matching, meeting, opening, report, room
from maagal.tour.trouble import TourTrouble
from maagal.tour.world import World

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)  # the day the sample sheets were written
STEPS: dict[str, Callable[[World], str]] = {
    "open": opening.run,
    "import": importing.run,
    "capacity": room.run,
    "request": asking.run,
    "matching": matching.run,
    "meetings": meeting.run,
    "concern": concern.run,
    "dashboard": dashboard.run,
    "report": report.run,
}


def walk(rosters: Path, out: Path) -> bool:
    """Walk the tour and return whether everything was as it must be; results lie in OUT."""
    began = time.monotonic()
    try:
        found = sheets(rosters)
        out.mkdir(parents=True, exist_ok=True)
        with photographer() as pictures, house.opened() as home:
            say(f"a fresh house at port {home.port}", time.monotonic() - began)
            for number, sheet in enumerate(found, 1):
                _walk_one(World(home, sheet, f"tour{number}", out.absolute(), pictures))
        say(f"{len(found)} sheets; the house is closed, nothing runs on; results in {out}", time.monotonic() - began)
    except (TourTrouble, StartError, OSError) as why:
        click.echo(f"tour: {why}")
        return False
    click.echo("tour: ok")
    return True


def _walk_one(world: World) -> None:
    world.move_clock_to(NOW)
    for number, (name, step) in enumerate(STEPS.items(), 1):
        began = time.monotonic()
        try:
            did = step(world)
        except Exception as why:  # whatever it is, the step is named
            said = why if isinstance(why, (TourTrouble, StartError)) else repr(why)
            message = f"step {number} ({name}) failed for {world.sheet.file.name}: {said}"
            raise TourTrouble(message) from why
        say(f"{world.sheet.name}  {number} {name}: {did}", time.monotonic() - began)


def say(what: str, seconds: float) -> None:
    """Print a line with its seconds, at once."""
    click.echo(f"{what}  [{seconds:.1f} s]")
