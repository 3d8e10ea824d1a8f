"""A mail is a few questions: who hears of it, whether by mail, whether still, and what it says.

Each is answered when it is sent.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import current_app, g
from flask_babel import refresh
from jinja2 import Environment
from markupsafe import Markup

from maagal import mail, tenancy
from maagal.i18n import direction, language
from tenants.notifications.models import Notice
from tenants.notifications.queries import Told
from tenants.people.models import Person

BY_MAIL = frozenset({None, "email"})  # no safe way was named, or mail is the safe way


@dataclass(frozen=True)
class Letter:
    """What is sent: nothing of it needs the database any more."""

    to: str
    subject: str
    plain: str
    html: str


def who(person: Person) -> str:
    """Why somebody cannot be written to, or nothing: they left, or have no address."""
    if person.state != "active":
        return "left"
    return "" if person.email else "no_address"


def whether(told: Told) -> str:
    """Why a mail is not wanted, or nothing. What is urgent goes out whatever is switched off, but only where it is safe."""
    if told.person.safe_channel not in BY_MAIL:
        return "not_safe"
    return "unwanted" if told.by_mail is False and not told.notice.urgent else ""


def still(notice: Notice) -> str:
    """Why there is nothing left to say, or nothing: a mail may wait for hours, and whoever told it knows what changed."""
    overtaken = current_app.extensions["house"].notice_overtaken.get(notice.kind)
    why: str = overtaken(notice.about, notice.person_id) if overtaken else ""
    return why


def what(notice: Notice, person: Person) -> Letter:
    """Write the letter in the reader's language and hours, from templates/mail/<kind>.{subject.txt,txt,html}."""
    with _read_by(person):
        env, told = current_app.jinja_env, context(notice) | {"person": person}
        plain = mail.plain_text(env)
        body = Markup(_render(env, f"mail/{notice.kind}.html", told))  # noqa: S704  our own template, escaped as it ran
        return Letter(
            to=person.email or "",
            subject=_render(plain, f"mail/{notice.kind}.subject.txt", told).strip(),
            plain=_render(plain, "mail/layout.txt", told | {"body": _render(plain, f"mail/{notice.kind}.txt", told).strip()}),
            html=mail.inlined(_render(env, "mail/layout.html", told | {"body": body})),
        )


def line(notice: Notice) -> Markup:
    """Write a notice's line for the inbox, from templates/notices/<kind>.html."""
    return Markup(_render(current_app.jinja_env, f"notices/{notice.kind}.html", context(notice)))  # noqa: S704  as above


def subject(kind: str) -> str:
    """Name a kind of notice by the subject of its mails, which is neutral and the same for everybody."""
    return _render(mail.plain_text(current_app.jinja_env), f"mail/{kind}.subject.txt", {"about": {}}).strip()


def is_mailed(kind: str) -> bool:
    """Whether a kind goes out by mail at all."""
    return f"{kind}.subject.txt" in _with_a_mail(current_app.jinja_env)


def context(notice: Notice) -> dict[str, Any]:
    """Return what a notice's templates see; a capability adds its own by `notice_context`."""
    tenant, code = tenancy.current(), language()
    more = current_app.extensions["house"].notice_context.get(notice.kind)
    seen = {"tenant": tenant, "notice": notice, "about": notice.about, "locale": code, "dir": direction(code)}
    return seen | (more(notice.about) if more else {})


def listed() -> frozenset[str]:
    """Return the kinds that stand in the inbox: those with a line. The others are mails only."""
    return _with_a_line(current_app.jinja_env)


@cache
def _with_a_line(env: Environment) -> frozenset[str]:
    names = env.list_templates(filter_func=lambda name: name.startswith("notices/"))
    return frozenset(name.removeprefix("notices/").removesuffix(".html") for name in names)


@cache
def _with_a_mail(env: Environment) -> frozenset[str]:
    names = env.list_templates(filter_func=lambda name: name.startswith("mail/"))
    return frozenset(name.removeprefix("mail/") for name in names)


def _render(env: Environment, name: str, told: dict[str, Any]) -> str:
    return env.get_template(name).render(told)


@contextmanager
def _read_by(person: Person) -> Iterator[None]:
    """Let the house speak as it does to this reader's own requests."""
    before = g.get("viewer")
    g.viewer = person
    refresh()
    try:
        yield
    finally:
        g.viewer = before
        refresh()
