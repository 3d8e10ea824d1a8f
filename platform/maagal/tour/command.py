"""`maagal tour`: the newcomer's proof that the main job works, on a house that is made for it and gone afterwards."""

import os
from importlib import resources
from pathlib import Path

import click

from maagal.environment import without
from maagal.tour.walk import walk

SAMPLES = Path(str(resources.files("tenants.people.roster"))) / "samples"


@click.command()
@click.option("--rosters", default=SAMPLES, type=click.Path(path_type=Path), help="A folder of sheets with people.")
@click.option("--out", default="var/tour", type=click.Path(path_type=Path), help="Where reports, mails and pictures go.")
def tour(rosters: Path, out: Path) -> None:
    """Walk the main job for every sheet, on a fresh instance of its own, over HTTP, with real workers."""
    alone = without({})
    os.environ.clear()
    os.environ.update(alone)  # an outer instance's servers and secrets are not ours
    raise SystemExit(0 if walk(rosters, out) else 1)
