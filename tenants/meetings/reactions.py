"""What a pair's path means for its meetings."""

from typing import Any

from tenants.meetings import queries
from tenants.meetings.actions import arranging, series
from tenants.pairing.events import (
    PairActivated,
    PairClosed,
    PairClosing,
    PairIntroduced,
    PairLetBack,
    PairPaused,
    PairResumed,
    PairStopped,
    TrialStarted,
)
from tenants.pairing.path import WITHOUT_FAREWELL


def plan(happened: PairIntroduced | TrialStarted | PairActivated) -> None:
    """A pair that meets has a weekly hour, unless no common one is found."""
    if (pair := queries.pair_by_id(happened.pair_id)) is not None:
        series.plan(pair)


def rest(happened: PairPaused) -> None:
    """A pair that rests meets no more for now."""
    pair = queries.pair_by_id(happened.pair_id)
    if pair is not None and pair.state == "paused":
        arranging.rest(pair.id, arranging.PAUSED)


def stop(happened: PairStopped) -> None:
    """A pair whose mentor was stopped does not meet, unless the stop is taken back."""
    pair = queries.pair_by_id(happened.pair_id)
    if pair is not None and pair.stopped_at is not None:
        arranging.rest(pair.id, arranging.STOPPED)


def wake(happened: PairResumed | PairLetBack) -> None:
    """A pair that goes on meets as before; one that was both paused and stopped, once neither holds."""
    pair = queries.pair_by_id(happened.pair_id)
    if pair is not None and queries.meets(pair):
        arranging.wake(pair.id)
        series.plan(pair)


def say_goodbye(happened: PairClosing) -> None:
    """A pair that says farewell meets once more, unless somebody left or the reason forbids it."""
    pair = queries.pair_by_id(happened.pair_id)
    if pair is not None and pair.state == "closing":
        may_meet = queries.are_both_here(pair) and pair.stopped_at is None and pair.close_reason not in WITHOUT_FAREWELL
        arranging.say_goodbye(pair.id, may_meet=may_meet)


def end(happened: PairClosed) -> None:
    """A pair that ended meets no more."""
    arranging.end_all(happened.pair_id)


REACTIONS: dict[type, tuple[Any, ...]] = {
    PairIntroduced: (plan,),
    TrialStarted: (plan,),
    PairActivated: (plan,),
    PairPaused: (rest,),
    PairResumed: (wake,),
    PairStopped: (stop,),
    PairLetBack: (wake,),
    PairClosing: (say_goodbye,),
    PairClosed: (end,),
}
