"""Requests for help: a few that were decided in the past weeks, and those that wait in the queue today."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from maagal.db import db
from maagal.demo import World
from maagal.ids import new_id
from maagal.localities import places
from tenants.intake import actions
from tenants.intake.asked import Asked
from tenants.intake.models import HelpRequest
from tenants.people.models import Membership


@dataclass(frozen=True)
class Story:
    """Who asks, how many hours ago, and how far a coordinator came with it."""

    asked: Asked
    hours_ago: int
    path: tuple[str, ...] = ()


def _asked(
    number: int, first: str, last: str, gender: str, place: str, areas: tuple[str, ...], words: str, **more: object
) -> Asked:
    evenings = tuple((day, 17 * 60, 20 * 60) for day in (0, 2, 4))
    return Asked(
        first_name=first, last_name=last, gender=gender, phone=f"+97255500{number:04}", locality=place,
        place=places.find(place), life_areas=areas, words=words, free_hours=evenings,
        **({"languages": ("he",), "mode": "either", "safe_channel": "phone"} | more),  # type: ignore[arg-type]  # fields of Asked
    )  # fmt: skip


STORIES = (
    Story(_asked(101, "רותם", "אלקיים", "f", "חיפה", ("financial", "legal"),
        "קיבלתי מכתב מההוצאה לפועל ואני לא מבינה מה צריך לעשות ועד מתי.", urgency="soon"), 31),
    Story(_asked(102, "יבגני", "קוגן", "m", "נשר", ("employment",),
        "פוטרתי לפני חודשיים ואני לא מצליח להגיש את הטפסים.", languages=("ru", "he")), 7),
    Story(_asked(103, "סמאח", "זועבי", "f", "נצרת", ("bureaucracy", "health"),
        "צריכה מישהי שתלך איתי לוועדה הרפואית.", languages=("ar", "he"), gender_preference="f"), 3),
    Story(_asked(104, "אלעד", "נגר", "m", "רמת גן", ("housing", "family"),
        "בעל הבית לא מאריך את החוזה ואין לי לאן ללכת עם הילדים.", urgency="soon"), 52, ("begin", "risk")),
    Story(_asked(105, "תקווה", "ביטאו", "f", "באר שבע", ("financial",),
        "לבד עם שלושה ילדים, החשבונות נערמים.", languages=("am", "he")), 120, ("begin", "waitlist")),
    Story(_asked(106, "משה", "חדד", "m", "באר שבע", ("other",),
        "חיפשתי חוג לנגרות."), 400, ("begin", "refer_out")),
)  # fmt: skip


def demo(world: World) -> None:
    """Write them down; nobody asks for help in public at a business."""
    if world.plan.kind != "public":
        return
    coordinators = _coordinators()
    for story in STORIES:
        with world.at(world.now - timedelta(hours=story.hours_ago)):
            request_id = actions.submit(story.asked, new_id()).id
        for hours, step in enumerate(story.path, 2):
            with world.at(world.now - timedelta(hours=story.hours_ago - hours)):
                _take(step, db.session.get_one(HelpRequest, request_id), *coordinators[0])


def _take(step: str, request: HelpRequest, who: UUID, place: UUID) -> None:
    match step:
        case "begin":
            actions.begin(request, who)
        case "risk":
            actions.set_risk(request, who, 2)
        case "waitlist":
            actions.waitlist(request, who, place)
        case "refer_out":
            actions.refer_out(request, who, "other_service")


def _coordinators() -> list[tuple[UUID, UUID]]:
    held = select(Membership.person_id, Membership.community_id).where(Membership.role == "coordinator")
    return [(row.person_id, row.community_id) for row in db.session.execute(held.order_by(Membership.id))]
