"""What a pair's path means for its meetings."""

from typing import Any

from tenants.meetings import queries
from tenants.meetings.actions import arranging, series
from tenants.pairing.events import (
    PairActivated,
    PairClosed,
    PairIntroduced,
    PairPaused,
    PairResumed,
    PairStopped,
    TrialStarted,
)


def plan(happened: PairIntroduced | TrialStarted | PairActivated) -> None:
    """A pair that meets has a weekly hour, unless no common one is found."""
    if (pair := queries.pair_by_id(happened.pair_id)) is not None:
        series.plan(pair)


def rest(happened: PairPaused) -> None:
    """A pair that rests meets no more for now."""
    pair = queries.pair_by_id(happened.pair_id)
    if pair is not None and pair.state == "paused":
        arranging.rest(pair.id)


def wake(happened: PairResumed) -> None:
    """A pair that goes on meets as before."""
    pair = queries.pair_by_id(happened.pair_id)
    if pair is not None and pair.state in queries.MEETING_STATES:
        arranging.wake(pair.id)
        series.plan(pair)


def end(happened: PairClosed | PairStopped) -> None:
    """A pair that ended, or whose mentor was stopped, meets no more."""
    arranging.end_all(happened.pair_id)


REACTIONS: dict[type, tuple[Any, ...]] = {
    PairIntroduced: (plan,),
    TrialStarted: (plan,),
    PairActivated: (plan,),
    PairPaused: (rest,),
    PairResumed: (wake,),
    PairClosed: (end,),
    PairStopped: (end,),
}
