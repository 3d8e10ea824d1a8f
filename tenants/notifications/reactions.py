"""What others' facts make us say, where whoever knows the fact stands beneath us."""

from sqlalchemy import delete

from maagal.db import db
from tenants.notifications.actions import tell
from tenants.notifications.models import Notice
from tenants.people.events import RosterWithdrawn, WelcomeWished

WELCOME = "people/welcome"


def welcome(happened: WelcomeWished) -> None:
    """Tell somebody that they were added from a sheet."""
    tell(happened.person_id, WELCOME, once=str(happened.import_id), import_id=happened.import_id)


def take_back_welcomes(happened: RosterWithdrawn) -> None:
    """Delete the welcomes of a sheet that is being taken back."""
    theirs = Notice.about["import_id"].astext == str(happened.import_id)
    db.session.execute(delete(Notice).where(Notice.kind == WELCOME, theirs))
