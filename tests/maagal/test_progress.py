"""When a worker counts as one that lives and does nothing, and when it does not."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from maagal import clock, progress
from maagal.progress import Sign, Watch, is_moving

WAITS, NOTHING_WAITS = 3, 0


def stuck(watch: Watch, *seen: tuple[float, Sign | None]) -> list[bool]:
    return [watch.is_stuck(sign, now) for now, sign in seen]


def test_work_that_waits_while_nothing_moves_is_noticed_after_its_time() -> None:
    sign = Sign(WAITS, "a")
    assert stuck(Watch(60, "a"), (0, sign), (30, sign), (60, sign), (61, sign)) == [False, False, False, True]


def test_an_idle_queue_is_never_noticed() -> None:
    assert not any(stuck(Watch(60, "a"), *((at, Sign(NOTHING_WAITS, "a")) for at in range(0, 1000, 10))))


def test_an_attempt_is_movement_whatever_came_of_it() -> None:
    assert not any(stuck(Watch(60, ""), *((at, Sign(WAITS, str(at // 50))) for at in range(0, 1000, 10))))


def test_a_queue_that_empties_in_between_begins_anew() -> None:
    seen = [(0, Sign(WAITS, "a")), (50, Sign(NOTHING_WAITS, "a")), (100, Sign(WAITS, "a")), (159, Sign(WAITS, "a"))]
    assert not any(stuck(Watch(60, "a"), *seen))


def test_while_valkey_is_away_nobody_is_judged() -> None:
    assert not any(stuck(Watch(60, "a"), (0, Sign(WAITS, "a")), (59, None), (100, Sign(WAITS, "a")), (150, None)))


def test_starting_again_in_vain_is_done_ever_more_rarely_until_something_moves() -> None:
    watch, sign = Watch(60, "a"), Sign(WAITS, "a")
    at, pauses = 0.0, []
    for _ in range(3):
        begun = at
        while not watch.is_stuck(sign, at):
            at += 1
        pauses.append(at - begun)
        watch.begin_again()
    assert pauses == [61, 121, 241]
    watch.is_stuck(Sign(WAITS, "b"), at)
    assert watch.restarts == 0


def test_a_probe_from_outside_hears_the_same() -> None:
    now, long_ago = clock.now().isoformat(), (clock.now() - timedelta(minutes=5)).isoformat()
    assert is_moving(Sign(WAITS, now), 120)
    assert not is_moving(Sign(WAITS, long_ago), 120)
    assert is_moving(Sign(NOTHING_WAITS, long_ago), 120)
    assert is_moving(Sign(WAITS, ""), 120), "it has only just begun, or Valkey forgot"
    assert is_moving(None, 120)


def test_a_worker_notes_at_most_once_a_second_that_it_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(progress, "_noted", {})
    monkeypatch.setattr(progress, "_client", lambda _url: SimpleNamespace(set=lambda key, *_note, **_kept: written.append(key)))
    for _ in range(100):
        progress.moved("one@here")
        progress.moved("other@here")
    assert len(written) == 2, written
    monkeypatch.setattr(progress, "FRESH", 0.0)
    progress.moved("one@here")
    assert len(written) == 3
