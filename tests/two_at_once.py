"""Two people, or two presses of one, truly at once: the second begins while the first is not committed yet."""

from collections.abc import Callable
from contextvars import Context
from threading import Event, Thread

from flask import Flask

from maagal.db import commit, db, within
from maagal.tenancy import Tenant

HESITATES = 0.5  # seconds, in which the second comes as far as it can
Verb = Callable[[], object]


def one_while_the_other(house: Flask, tenant: Tenant, first: Verb, second: Verb) -> list[str]:
    """Do both in threads with connections of their own; return how each ended: "done", or the error's name."""
    db.session.remove()
    said, has_acted, both_saw = ["", ""], Event(), Event()

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

    def run(place: int, verb: Verb) -> None:
        with house.app_context(), within(tenant):
            try:
                verb()
                commit()
                said[place] = "done"
            except Exception as why:  # noqa: BLE001  whatever it is, the test wants its name
                db.session.rollback()
                said[place] = type(why).__name__

    threads = [Thread(target=Context().run, args=(run, place, verb)) for place, verb in enumerate((begin, join_in))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return said
