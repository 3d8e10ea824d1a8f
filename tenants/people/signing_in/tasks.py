"""The mail with the link. Trying again makes a new link, so nothing of it lies in the outbox."""

from uuid import UUID

from flask_babel import lazy_gettext as _l

from maagal import mail
from tenants.people.signing_in import actions, letters


def send_sign_in(token_id: str, account_id: str) -> None:
    """Make a link and a code and mail them; for an address that nobody has, do nothing. Raises MailTrouble."""
    letter = actions.mint(UUID(token_id), UUID(account_id))
    if letter is not None:
        write_to(letter)


def write_to(letter: actions.Letter) -> None:
    """Mail a link and its code, if there is a mail address. Raises MailTrouble."""
    if letter.to is None:
        return
    url, minutes = mail.link("sign_in.link", token=letter.token), int(actions.LASTS.total_seconds() // 60)
    told = {"url": url, "code": letter.code, "minutes": minutes}
    letters.send(letter.to, letter.locale, "people/sign_in", _l("Your way in"), **told)
