"""Two concerns: one that was answered long ago, one that waits since this morning."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from maagal.db import db
from maagal.demo import World
from maagal.ids import new_id
from tenants.pairing.models import Pair
from tenants.people.models import Membership
from tenants.safeguarding import actions
from tenants.safeguarding.models import Concern


def demo(world: World) -> None:
    """Raise both; the first is taken and closed with a note."""
    of_tried = Pair.mentor_id == UUID(world.people["mentor"])  # their coordinator is tried as well, and finds it
    pairs = select(Pair).where(Pair.state == "active").order_by(of_tried, Pair.id.desc())
    *_others, first, second = db.session.scalars(pairs).all()
    earlier, later = world.now - timedelta(days=40), world.now - timedelta(hours=3)
    ids = (first.id, second.id)
    db.session.rollback()
    answered = _raise(world, earlier, ids[0], 2, "אמר שלא ישן כבר כמה לילות ושאין לו כוח להמשיך.")
    with world.at(earlier + timedelta(hours=1)):
        concern = db.session.get_one(Concern, answered)
        who = select(Membership.person_id).where(
            Membership.role == "coordinator", Membership.community_id == concern.community_id
        )
        actions.take(concern, coordinator := db.session.scalars(who.limit(1)).one())
    with world.at(earlier + timedelta(days=1)):
        note = "שוחחתי איתו בטלפון, נקבעה פגישה עם המרפאה לבריאות הנפש, המלווה עודכן."
        actions.close(db.session.get_one(Concern, answered), note, coordinator)
    _raise(world, later, ids[1], 1, "לא הגיעה לשני מפגשים ונשמעה מבוהלת בטלפון.")


def _raise(world: World, moment: datetime, pair_id: UUID, level: int, words: str) -> UUID:
    with world.at(moment):
        pair = db.session.get_one(Pair, pair_id)
        return actions.raise_concern(new_id(), pair.mentor_id, level, words, pair=pair).id
