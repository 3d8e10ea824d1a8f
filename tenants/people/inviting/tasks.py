"""Reacting to the wish, sending the invitation, noting that it was used."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l

from maagal import invitations, mail
from maagal.ids import new_id
from maagal.opening import AdministratorWished
from tenants.people import queries
from tenants.people.events import SecondStepSet
from tenants.people.inviting import actions
from tenants.people.signing_in import actions as signing_in
from tenants.people.signing_in import letters

DAYS = signing_in.INVITATION_LASTS.days


def invite(_wished: AdministratorWished) -> None:
    """Make the person; a wish that was carried out already, or for which there is no room, changes nothing."""
    wished = invitations.wished()
    if wished is not None and not actions.invite(*wished):
        invitations.note("refused", "has_people")


def send(account_id: str) -> None:
    """Make the link and mail it, noting how that went. Raises MailTrouble: then it is tried again, with a new link."""
    letter = signing_in.mint(new_id(), UUID(account_id), signing_in.INVITATION_LASTS)
    if letter is None or letter.to is None or actions.has_come(UUID(account_id)):
        return
    url = mail.link("sign_in.link", token=letter.token)
    try:
        letters.send(letter.to, letter.locale, "people/invitation", _l("Your invitation"), url=url, days=DAYS)
    except mail.MailTrouble as trouble:
        invitations.note("failed", trouble.code, keep_address=True)
        raise
    invitations.note("sent")


def came(happened: SecondStepSet) -> None:
    """Note that an administrator has come: from now on nobody is invited from outside."""
    if "administrator" in queries.roles_of(happened.person_id):
        invitations.note("used")


JOBS: dict[str, Any] = {actions.SEND: send}
