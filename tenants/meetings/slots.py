"""What meetings put on lower pages: today, what needs a coordinator, a pair's timeline, a person's export."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import format_datetime, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from maagal import mail, tenancy
from maagal.cards import Card, Entry
from maagal.questions import Asking, reader
from maagal.text import isolate
from tenants.meetings import labels, overlooked, policy, queries, tellings
from tenants.meetings.actions import logs
from tenants.meetings.models import Meeting

LOG_RANK, NEXT_RANK = 20, 30
CONTRADICTED_RANK, SILENT_RANK, WITHOUT_HOUR_RANK, UNSAID_RANK = 40, 30, 35, 60
ENTRIES: dict[str, tuple[str, Any]] = {
    "held": ("calendar-check", _l("Meeting took place")),
    "missed": ("calendar-x", _l("Meeting did not take place")),
    "cancelled": ("calendar-x", _l("Meeting called off")),
    "planned": ("calendar", _l("Meeting planned")),
}


def today(viewer: Any) -> list[Card]:
    """Show what the reader has not told of yet, and the next meeting."""
    waiting = [_to_log(meeting) for meeting in queries.to_log(viewer.person_id, most=3)]
    ahead = queries.next_meetings(person_id=viewer.person_id, most=1)
    return waiting + [_next(meeting, viewer.person_id) for meeting in ahead]


@reader
def exceptions(viewer: Any) -> Asking[list[Card]]:
    """Show coordinators silence, contradictions, pairs without a weekly hour, and meetings nobody told of."""
    mine = viewer.communities("coordinator")
    if not mine:
        return []
    found = yield from overlooked.overlooked.asking(mine)
    silent, without = map(_silent, found.silent), map(_without_hour, found.without_hour)
    return [*silent, *without, *map(_contradicted, found.contradicted), *_unsaid(found.unsaid)]


@reader
def timeline(viewer: Any, pair_id: UUID) -> Asking[list[Entry]]:
    """Tell of a pair's meetings; shared words only to whoever may read them, private notes to nobody here."""
    told = yield from tellings.told_of.asking(pair_id)
    if told.pair is None or not policy.see_all(viewer, told.pair):
        return []
    words: dict[UUID, list[str]] = {}
    for log in told.said if policy.read_shared(viewer, told.pair) else ():
        words.setdefault(log.meeting_id, []).append(logs.shared_words(log))
    return [_entry(meeting, words.get(meeting.id, [])) for meeting in told.meetings]


def person_export(person_id: UUID) -> dict[str, Any]:
    """Give everything a person said of meetings, their own private notes included."""
    return {"meeting_logs": [_exported(meeting, logs.read(log, private=True)) for log, meeting in tellings.logs_by(person_id)]}


def _to_log(meeting: Meeting) -> Card:
    url = mail.link("meeting_logs.ask", meeting_id=meeting.id)
    title, text = _("How was the meeting?"), _("It takes less than a minute.")
    return Card(LOG_RANK, title, text, url, "notebook-pen", "warn", meeting.starts_at)


def _next(meeting: Meeting, reader_id: UUID) -> Card:
    other = meeting.pair.participant if reader_id == meeting.pair.mentor_id else meeting.pair.mentor
    text = _("with %(name)s", name=isolate(other.name))
    return Card(NEXT_RANK, _("Next meeting"), text, _url(meeting), "calendar", "calm", meeting.starts_at)


def _silent(row: Any) -> Card:
    url = mail.link("meetings.of_pair", pair_id=row.pair_id)
    return Card(SILENT_RANK, _("No meeting for 14 days"), _names(row), url, "calendar-x", "warn", row.since)


def _without_hour(row: Any) -> Card:
    url = mail.link("meetings.ask_series", pair_id=row.pair_id)
    return Card(WITHOUT_HOUR_RANK, _("No common hour was found"), _names(row), url, "calendar-plus", "warn")


def _contradicted(row: Any) -> Card:
    title, url = _("The two accounts of a meeting differ"), mail.link("meetings.show", meeting_id=row.meeting_id)
    return Card(CONTRADICTED_RANK, title, _names(row), url, "message-circle-question-mark", "calm", row.starts_at)


def _unsaid(found: Sequence[Any]) -> list[Card]:
    if not found:
        return []
    title = ngettext("A meeting without a summary", "%(num)s meetings without a summary", len(found))
    text = _("Nobody has said for three days whether they took place.")
    return [Card(UNSAID_RANK, title, text, mail.link("meetings.index"), "notebook-pen", "calm", found[0].starts_at)]


def _entry(meeting: Any, said: Sequence[str]) -> Entry:
    icon, title = ENTRIES[meeting.state]
    why = str(labels.WHY.get(meeting.cancel_reason or "", ""))
    return Entry(meeting.starts_at, str(title), "\n".join(filter(None, said)) or why, icon, _url(meeting))


def _exported(meeting: Meeting, said: logs.Said) -> dict[str, Any]:
    when = format_datetime(meeting.starts_at.astimezone(tenancy.current().zone), "yyyy-MM-dd HH:mm", rebase=False)
    return {"meeting": when} | vars(said) | {"topics": list(said.topics)}


def _names(row: Any) -> str:
    return f"{isolate(row.mentor)} · {isolate(row.participant)}"


def _url(meeting: Any) -> str:
    return mail.link("meetings.show", meeting_id=meeting.id)
