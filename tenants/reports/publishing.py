"""What a sponsor may read of a quarter. At this group size small numbers name people, so most of it is left out.

The rules are DOMAIN's, "Monthly report": a count below 8 is not shown, others are rounded to 5; fixed categories; never
a total beside its parts; below two communities or fifty eligible people only activity.
"""

from typing import Final

from tenants.reports.counting import Counted
from tenants.reports.rendering.snapshot import Number

SMALLEST: Final = 8
STEP: Final = 5
FEWEST_COMMUNITIES, FEWEST_PEOPLE = 2, 50
PEOPLE: Final = {"participant": "people", "mentor": "people", "pairs_started": "pairs"}  # code -> section; never their sum
ACTIVITY: Final = {"meetings_held": "meetings", "hours": "meetings"}


def blurred(number: Number) -> int | None:
    """Round to the nearest multiple of five; None for what is not shown."""
    return None if number is None or number < SMALLEST else int((number + STEP / 2) // STEP * STEP)


def publishable(counted: Counted, communities: int, eligible: int) -> dict[str, int | None]:
    """Return code -> what is published of a quarter's counts; None stands for a number that is not shown."""
    large = communities >= FEWEST_COMMUNITIES and eligible >= FEWEST_PEOPLE
    people = {code: blurred(counted.get((section, code, ""))) if large else None for code, section in PEOPLE.items()}
    return people | {code: blurred(counted.get((section, code, ""))) for code, section in ACTIVITY.items()}
