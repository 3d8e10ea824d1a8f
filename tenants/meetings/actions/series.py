"""The weekly series of a pair: found from common free hours, set by hand, kept five weeks ahead."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from maagal import clock, tenancy
from maagal.db import db
from maagal.events import publish
from maagal.ids import new_id
from tenants.audit.actions import record
from tenants.meetings import queries, weeks
from tenants.meetings.actions import clocks
from tenants.meetings.events import SeriesChanged
from tenants.meetings.models import Meeting, Series
from tenants.meetings.weeks import Slot
from tenants.pairing import gather
from tenants.pairing.actions import hold_pair
from tenants.pairing.models import Pair
from tenants.people.models import Profile

AHEAD = 5  # weeks


def plan(pair: Pair) -> Series | None:
    """Give a pair its weekly series from the hours both are free; None where they share none, or the pair does not meet."""
    clocks.look_after(pair.id, clock.now() + queries.FORTNIGHT)
    if not queries.meets(pair):
        return None
    if (series := queries.series_of(pair.id)) is None:
        slot = _common_slot(*queries.profiles_of(pair), queries.taken_hours(pair))
        return set_series(pair, slot) if slot else None
    extend(series)
    return series


def set_series(pair: Pair, slot: Slot, actor_id: UUID | None = None) -> Series:
    """Meet at this hour from now on; the same hour again changes nothing. What was planned at the former hour is gone.

    Two at once go one after the other, and the database allows one current series alone (`uq_series_current`).
    """
    before = standing(pair)
    if before is not None and slot_of(before) == slot:
        return before
    today = clock.today(tenancy.current().zone)
    if before is not None:
        before.until = today
        _forget_planned(before)
    made = Series(id=new_id(), pair_id=pair.id, since=today, **vars(slot))
    db.session.add(made)
    db.session.flush()
    record(actor_id, "set", "series", made.id, person_id=pair.participant_id, community_id=pair.community_id)
    publish(SeriesChanged(made.id, pair.id))
    extend(made)
    return made


def standing(pair: Pair) -> Series | None:
    """Return a pair's series of today, or None, once nobody else is changing it; it stays so until the end of this."""
    hold_pair(pair.id)
    return queries.series_of(pair.id)


def extend(series: Series) -> None:
    """Plan the meetings of the next five weeks, each once, and ask to be called again before the next week."""
    pair = db.session.get_one(Pair, series.pair_id)
    if series.until is not None or pair.state in ("closing", "closed", "declined") or pair.stopped_at is not None:
        return
    clocks.extend_next_sunday(series.id)
    if pair.state != "paused":
        for day in weeks.dates(series.weekday, clock.today(tenancy.current().zone), AHEAD):
            _add(series, day)


def _add(series: Series, day: date) -> None:
    """Plan one meeting, unless it is past, was planned before (wherever it was moved since), or its hour is taken."""
    starts = weeks.moment(day, series.starts, tenancy.current().zone)
    if starts <= clock.now():
        return
    values = {
        "id": new_id(), "pair_id": series.pair_id, "series_id": series.id, "slot": day, "starts_at": starts,
        "ends_at": starts + timedelta(minutes=series.length), "remote": series.remote, "place": series.place, "version": 1,
    }  # fmt: skip
    made = db.session.scalar(insert(Meeting).values(values).on_conflict_do_nothing().returning(Meeting))
    if made is not None:
        clocks.wind(made)


def _forget_planned(series: Series) -> None:
    """Delete a former series' coming meetings: nothing was said of them yet."""
    for meeting in queries.planned_after(series.pair_id, clock.now()):
        if meeting.series_id == series.id:
            clocks.stop(meeting)
            db.session.execute(delete(Meeting).where(Meeting.id == meeting.id))
    db.session.flush()


def _common_slot(mentor: Profile | None, participant: Profile | None, taken: weeks.Windows) -> Slot | None:
    if mentor is None or participant is None:
        return None
    length = gather.settings().slot_minutes
    start = weeks.common_start(mentor.free_hours, participant.free_hours, length, taken)
    if start is None:
        return None
    remote = "remote" in (mentor.mode, participant.mode)
    place = "" if remote else participant.locality or mentor.locality or ""
    return Slot(*start, length=length, remote=remote, place=place)


def slot_of(series: Series) -> Slot:
    """Return the hour of a series."""
    return Slot(series.weekday, series.starts, series.length, series.remote, series.place)
