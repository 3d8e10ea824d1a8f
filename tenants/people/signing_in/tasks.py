"""The mail with the link. Trying again makes a new link, so nothing of it lies in the outbox."""

from uuid import UUID

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from maagal import i18n, mail, register, tenancy
from maagal.ids import new_id
from tenants.people.signing_in import actions


def send_sign_in(token_id: str, account_id: str) -> None:
    """Make a link and a code and mail them; for an address that nobody has, do nothing. Raises MailTrouble."""
    letter = actions.mint(UUID(token_id), UUID(account_id))
    if letter is not None:
        write_to(letter)


def write_to(letter: actions.Letter) -> None:
    """Mail a link and its code, if there is a mail address. Raises MailTrouble."""
    if letter.to is None:
        return
    tenant = tenancy.current()
    with force_locale(letter.locale or tenant.locale), mail.connect() as line:
        message_id = f"{new_id()}@{register.host(tenant)}"  # a new link is a new mail, not a copy to be dropped
        line.send(letter.to, _("Your way in"), *_written(letter), sender_name=tenant.name, message_id=message_id)


def _written(letter: actions.Letter) -> tuple[str, str]:
    """Return the letter in both its shapes."""
    code = i18n.language()
    told = {
        "url": mail.link("sign_in.link", token=letter.token),
        "code": letter.code,
        "minutes": int(actions.LASTS.total_seconds() // 60),
        "tenant": tenancy.current(),
        "locale": code,
        "dir": i18n.direction(code),
    }
    env = current_app.jinja_env
    plain = mail.plain_text(env)
    text = plain.get_template("mail/people/sign_in.txt").render(told).strip()
    body = Markup(env.get_template("mail/people/sign_in.html").render(told))  # noqa: S704  our template, escaped as it ran
    html = env.get_template("mail/layout.html").render(told | {"body": body})
    return plain.get_template("mail/layout.txt").render(told | {"body": text}), mail.inlined(html)
