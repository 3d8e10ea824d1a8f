"""Several people, or several presses of one, at once: each in a thread with a connection of its own."""

from collections.abc import Callable
from contextvars import Context
from threading import Barrier, Event, Thread

from flask import Flask

from maagal.db import commit, db, within
from maagal.tenancy import Tenant

HESITATES = 0.5  # seconds, in which the second comes as far as it can
Verb = Callable[[], object]


def together(house: Flask, tenant: Tenant, *verbs: Verb) -> list[str]:
    """Begin all at the same moment; return how each ended, in the order of the words."""
    barrier = Barrier(len(verbs))

    def after_the_others(verb: Verb) -> Verb:
        def act() -> None:
            db.session.connection()
            barrier.wait(timeout=20)
            verb()

        return act

    return sorted(_each(house, tenant, *map(after_the_others, verbs)))


def one_while_the_other(house: Flask, tenant: Tenant, first: Verb, second: Verb) -> list[str]:
    """Begin the second while the first is not committed yet; return how each ended."""
    has_acted, both_saw = Event(), Event()

    def begin() -> None:
        first()
        db.session.flush()
        has_acted.set()
        both_saw.wait(HESITATES)

    def join_in() -> None:
        db.session.connection()
        has_acted.wait(20)
        second()
        both_saw.set()

    return _each(house, tenant, begin, join_in)


def _each(house: Flask, tenant: Tenant, *verbs: Verb) -> list[str]:
    """Do and commit each in its thread; return "done" or the error's name, in the order of the verbs."""
    db.session.remove()
    said = [""] * len(verbs)

    def run(place: int, verb: Verb) -> None:
        with house.app_context(), within(tenant):
            try:
                verb()
                commit()
                said[place] = "done"
            except Exception as why:  # noqa: BLE001  whatever it is, the test wants its name
                db.session.rollback()
                said[place] = type(why).__name__

    threads = [Thread(target=Context().run, args=(run, place, verb)) for place, verb in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return said
