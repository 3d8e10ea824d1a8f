"""Mail that was given up: whom it did not reach, told to those who can reach them some other way."""

from datetime import timedelta
from functools import cache
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Date, DateTime, String, Uuid, bindparam, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from maagal import clock, tenancy
from maagal.cards import Card
from maagal.events import Outbox
from maagal.questions import Asking, Question, among, reader
from tenants.notifications.actions import MAIL
from tenants.notifications.models import Notice
from tenants.people.models import Membership, Person

RANK = 25
REMEMBERED = timedelta(days=14)


@reader
def exceptions(viewer: Any) -> Asking[list[Card]]:
    """Return a card for everybody of one's communities whom mail does not reach, a grave one where it was urgent."""
    mine = viewer.communities("coordinator")
    if not mine:
        return []
    today = clock.today(tenancy.current().zone)
    (found,) = yield [question().of(communities=list(mine), since=clock.now() - REMEMBERED, today=today)]
    return [_card(row) for row in found]


def _card(row: Any) -> Card:
    name = f"{row.first_name} {row.last_name}".strip()
    title = _("Mail does not reach %(name)s", name=name)
    calm = _("Is the address right? The notice itself is kept.")
    text = _("It was urgent. Please tell them some other way.") if row.urgent else calm
    return Card(RANK, title, text, url_for("people.show", person_id=row.id), "mail-x", "grave" if row.urgent else "warn", row.at)


def _unreached() -> Any:
    """Ask for people whose mail failed and whom no later mail reached.

    It begins at the failed rows, which are few and have an index of their own; notices are many and kept for long.
    """
    today = bindparam("today", type_=Date)
    holds = (Membership.since <= today) & or_(Membership.until.is_(None), Membership.until > today)
    return (
        select(
            Person.id, Person.first_name, Person.last_name,
            func.max(Outbox.done_at).label("at"), func.bool_or(Notice.urgent).label("urgent"),
        )
        .select_from(Outbox)
        .join(Notice, Notice.id == cast(Outbox.body["notice"].astext, Uuid))
        .join(Person, Person.id == Notice.person_id)
        .join(Membership, (Membership.person_id == Person.id) & holds)
        .where(
            Outbox.state == "failed", Outbox.kind == MAIL, Outbox.done_at > bindparam("since", type_=DateTime(timezone=True)),
            among(Membership.community_id, "communities"), ~_reached_later(),
        )
        .group_by(Person.id, Person.first_name, Person.last_name)
        .order_by(func.max(Outbox.done_at))
    )  # fmt: skip


def _reached_later() -> Any:
    mail, notice = aliased(Outbox), aliased(Notice)
    arrived = (mail.state == "done") & mail.error.is_(None) & (mail.done_at > Outbox.done_at)
    told_lately = (notice.person_id == Person.id) & (notice.created_at > bindparam("since", type_=DateTime(timezone=True)))
    return exists().where(told_lately, mail.once == f"{MAIL}:" + cast(notice.id, String), arrived).correlate(Outbox, Person)


@cache
def question() -> Question:
    """Compile it when it is first asked: where people belong is a table of a higher room, unknown while this is read."""
    return Question(_unreached())
