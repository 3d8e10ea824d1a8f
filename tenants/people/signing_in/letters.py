"""Letters with a link that lets somebody in. They are no notices: the link is made as they are sent and kept nowhere."""

from typing import Any

from flask import current_app
from flask_babel import force_locale
from markupsafe import Markup

from maagal import i18n, mail, register, tenancy
from maagal.ids import new_id


def send(to: str, locale: str | None, template: str, subject: Any, **told: Any) -> None:
    """Mail one from templates/mail/<template>.{txt,html}, in the reader's language; SUBJECT is lazy. Raises MailTrouble."""
    tenant = tenancy.current()
    with force_locale(locale or tenant.locale), mail.connect() as line:
        message_id = f"{new_id()}@{register.host(tenant)}"  # a new link is a new mail, not a copy to be dropped
        line.send(to, str(subject), *_written(template, told), sender_name=tenant.name, message_id=message_id)


def _written(template: str, told: dict[str, Any]) -> tuple[str, str]:
    """Return the letter in both its shapes."""
    code = i18n.language()
    seen = told | {"tenant": tenancy.current(), "locale": code, "dir": i18n.direction(code)}
    env = current_app.jinja_env
    plain = mail.plain_text(env)
    text = plain.get_template(f"mail/{template}.txt").render(seen).strip()
    body = Markup(env.get_template(f"mail/{template}.html").render(seen))  # noqa: S704  our template, escaped as it ran
    html = env.get_template("mail/layout.html").render(seen | {"body": body})
    return plain.get_template("mail/layout.txt").render(seen | {"body": text}), mail.inlined(html)
