"""What the sheets do not tell: the administration, whoever reads published figures, and the accessibility statement."""

from datetime import date
from uuid import UUID

from maagal import clock, tenancy
from maagal.db import db
from maagal.demo import World
from maagal.ids import new_id
from tenants.people.actions import organise
from tenants.people.models import Account, Membership, Person, Profile

NAMES = {
    "keshet": (("administrator", "נורית", "אלמוג", "f"), ("sponsor", "בנימין", "ורד", "m")),
    "sadot": (("administrator", "יערה", "תדהר", "f"), ("sponsor", "אורי", "לביא", "m")),
}
STATEMENT = {
    "coordinator": "גלעד נבון",
    "phone": "+97235550142",
    "mail": "accessibility@example.org",
    "arrangements": "אפשר להיפגש בחדר נגיש בקומת הכניסה, לקבל את הטפסים בעל פה בטלפון, ולהזמין תרגום לשפת הסימנים שבוע מראש.",
    "known_gaps": "קבצים ישנים שהועלו בידי הקהילות אינם תמיד נגישים. נשמח להקריא אותם או להמיר אותם לפי בקשה.",
}


def demo(world: World) -> None:
    """Add them on the first day."""
    with world.at(world.begin):
        for role, first, last, gender in NAMES[world.plan.slug]:
            who = add(role, first, last, gender, clock.today(tenancy.current().zone))
            if role == "administrator":
                organise(STATEMENT | {"reviewed_on": clock.today(tenancy.current().zone)}, who)


def add(role: str, first: str, last: str, gender: str, since: date) -> UUID:
    """Add one person with a role in the organisation and an account; return the person's id."""
    email = f"{role}.{tenancy.current().slug}@example.org"
    person = Person(id=new_id(), first_name=first, last_name=last, gender=gender, email=email)
    db.session.add(person)
    db.session.flush()
    db.session.add_all((
        Profile(person_id=person.id),
        Account(person_id=person.id),
        Membership(id=new_id(), person_id=person.id, role=role, since=since),
    ))  # fmt: skip
    return person.id
