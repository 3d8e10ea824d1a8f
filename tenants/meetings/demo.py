"""The weeks of each pair: mostly they met and both said so; sometimes not, or only one side speaks; one pair fell silent."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from maagal import clock
from maagal.db import db
from maagal.demo import WEEKS, World
from tenants.meetings.actions import clocks
from tenants.meetings.actions.logs import Said, say
from tenants.meetings.models import Meeting
from tenants.pairing.models import Pair

SILENT = timedelta(days=22)
NOTES = (
    ("עברנו יחד על המכתבים מהבנק וסידרנו אותם לפי תאריך.", "לבקש מהבנק פירוט יתרות"),
    ("דיברנו על השבוע שהיה. היה קשה, אבל השיחה עם הבת הצליחה.", "להתקשר למורה"),
    ("מילאנו את הטופס לביטוח לאומי עד העמוד האחרון.", "להביא אישור מהרופא"),
    ("ישבנו על תקציב חודשי ראשון. הפתיע אותנו כמה הולך על עמלות.", "לבדוק מסלול עמלות"),
    ("תרגלנו ראיון עבודה, פעמיים.", "לשלוח קורות חיים לשלושה מקומות"),
    ("הלכנו יחד לעירייה. קיבלנו מספר פנייה.", "לחזור אליהם ביום שלישי"),
)  # fmt: skip
PRIVATE = ("לשים לב לעייפות", "לשאול בעדינות על השינה", "הרגשתי שאמרתי יותר מדי")
TOPICS = ("financial", "bureaucracy", "employment", "family", "health")


def demo(world: World) -> None:
    """Live through the weeks."""
    quiet = _the_silent_one(world)
    for week in range(2, WEEKS + 1):
        moment = min(world.begin + timedelta(weeks=week), world.now)
        with world.at(moment):
            if week == WEEKS:
                world.settle(clocks.EXTEND, clocks.LOOK_AFTER)
            elif week % 4 == 2:  # a series reaches five weeks ahead
                world.settle(clocks.EXTEND)
            for meeting in _ended_by(moment):
                if not (meeting.pair_id == quiet and meeting.starts_at > world.now - SILENT):
                    _tell(world, meeting)


def _tell(world: World, meeting: Meeting) -> None:
    """Let the sides speak: both say it took place, or one, or both that it did not, or nobody says anything."""
    luck, pair = world.dice.random(), db.session.get_one(Pair, meeting.pair_id)
    if luck > 0.97:
        return
    held = luck < 0.9
    with clock.held_at(meeting.ends_at + timedelta(hours=2)):
        say(meeting, pair.mentor_id, _said(world, held=held, private=luck < 0.2))
        if luck < 0.7 or not held:
            say(meeting, pair.participant_id, _said(world, held=held, private=False))


def _said(world: World, *, held: bool, private: bool) -> Said:
    if not held:
        return Said(held=False)
    shared, step = world.dice.choice(NOTES)
    return Said(
        held=True,
        minutes=world.dice.choice((45, 60, 60, 75, 90)),
        medium="in_person",
        topics=tuple(world.dice.sample(TOPICS, 2)),
        next_step=step if world.dice.random() < 0.6 else "",
        shared=shared,
        private=world.dice.choice(PRIVATE) if private else "",
    )


def _ended_by(moment: object) -> list[Meeting]:
    ended = select(Meeting).where(Meeting.state == "planned", Meeting.ends_at < moment, ~Meeting.contradicted)
    return list(db.session.scalars(ended.order_by(Meeting.starts_at, Meeting.id)))


def _the_silent_one(world: World) -> UUID | None:
    going_on = select(Pair.id).where(Pair.state == "active", Pair.started_at < world.now - SILENT).order_by(Pair.id.desc())
    found = db.session.scalar(going_on.limit(1))
    db.session.rollback()
    return found
