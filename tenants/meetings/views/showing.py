"""What pages show of a meeting to one reader."""

from typing import Any, NamedTuple

from maagal import clock
from maagal.permissions import me, viewer
from tenants.meetings import labels, policy, tellings
from tenants.meetings.actions import logs
from tenants.meetings.actions.logs import Said
from tenants.meetings.models import Meeting


class Word(NamedTuple):
    """What one side said, as the reader may see it; texts they may not read are empty."""

    author: str
    is_mine: bool
    said: Said


def state(meeting: Meeting) -> str:
    """Name a meeting's state as it is shown: over and unsaid is `open`; that the two differ is for coordinators alone."""
    if meeting.contradicted and policy.oversee(viewer(), meeting):
        return "contradicted"
    return "open" if meeting.state == "planned" and meeting.ends_at <= clock.now() else meeting.state


def others(meeting: Meeting) -> str:
    """Name whom the reader meets; both names for whoever is neither."""
    names = {meeting.pair.mentor_id: meeting.pair.mentor.name, meeting.pair.participant_id: meeting.pair.participant.name}
    return " · ".join(name for person, name in names.items() if person != me())


def words(meeting: Meeting) -> list[Word]:
    """Open what was said of a meeting, as far as the reader may read it: their own whole, others' shared part."""
    may_read = policy.read_shared(viewer(), meeting.pair)
    found = [log for log in tellings.logs_of(meeting.id) if may_read or log.author_id == me()]
    names = {meeting.pair.mentor_id: meeting.pair.mentor.name, meeting.pair.participant_id: meeting.pair.participant.name}
    return [
        Word(names.get(log.author_id, ""), log.author_id == me(), logs.read(log, private=policy.read_private(viewer(), log)))
        for log in found
    ]


CONTEXT: dict[str, Any] = {"labels": labels, "state_of": state, "others": others}
