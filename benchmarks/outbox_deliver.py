"""Mails out of the outbox per CPU-second, over a plain loop that writes the same letters and sends them over one connection.

Both sides render; both speak SMTP with a catcher in another process, whose time is not counted. CPU is this process's
and every PostgreSQL process's. The plain loop reads no row, marks none, and loses what it was at.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import UUID

import psycopg
import world
from figure import Figure, Figures
from sqlalchemy import and_
from sqlalchemy.engine import make_url

from maagal import handling, mail
from maagal.bootstrap import plain
from maagal.config import settings
from maagal.db import commit, db, within
from maagal.events import Outbox
from maagal.ids import new_id
from maagal.opening import open_and_furnish
from maagal.relay import BATCH
from tenants.notifications import actions, notices, queries
from tenants.people.models import Person

Server = psycopg.Connection[tuple[int, ...]]
ROUNDS, PEOPLE = 5, 200
KIND = "notifications/trial"
WAITING = and_(Outbox.kind == actions.MAIL, Outbox.state != "done")
SINK = Path(__file__).parents[1] / "tests" / "smtp_sink.py"


@contextmanager
def catcher() -> Iterator[None]:
    """A mail server in a process of its own, known to the house."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, str(SINK), str(Path(folder) / "caught")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            os.environ["MAIL_URL"] = f"smtp://127.0.0.1:{process.stdout.readline().strip()}"
            settings.cache_clear()
            yield
            process.kill()


def cpu(server: Server) -> float:
    """Return the CPU seconds that this process and all of PostgreSQL's have used so far."""
    pids = [os.getpid(), *(row[0] for row in server.execute("select pid from pg_stat_activity").fetchall())]
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids) / 1e9


def people() -> list[UUID]:
    """Add the people who are written to."""
    made = [Person(id=new_id(), first_name="נועה", email=f"noa{at}@example.org") for at in range(PEOPLE)]
    db.session.add_all(made)
    ids = [person.id for person in made]
    commit()
    return ids


def told(everyone: list[UUID], name: str) -> tuple[list[UUID], list[queries.Told]]:
    """Tell everybody something new; return the rows of the outbox, and the same as the plain loop has it: in memory."""
    for person_id in everyone:
        actions.tell(person_id, KIND, once=name)
    commit()
    rows = db.session.scalars(db.select(Outbox).where(WAITING)).all()
    letters = list(queries.told([UUID(row.body["notice"]) for row in rows]).values())
    ids = [row.id for row in rows]
    db.session.expunge_all()
    db.session.rollback()
    return ids, letters


def ours(rows: list[UUID]) -> None:
    """Deliver rows as a worker does."""
    for start in range(0, len(rows), BATCH):
        handling.handle(rows[start : start + BATCH])


def loop(letters: list[queries.Told]) -> None:
    """Write and send the same letters in a plain loop."""
    with mail.connect() as line:
        for at, (notice, person, _wish) in enumerate(letters):
            made = notices.what(notice, person)
            parts = (made.to, made.subject, made.plain, made.html)
            line.send(*parts, sender_name="אלון", message_id=f"{at}@oak.localhost")


def rate(server: Server, work: Callable[[], None]) -> float:
    """Return letters per CPU-second."""
    before = cpu(server)
    work()
    time.sleep(0.1)  # PostgreSQL's own processes write down what they were told
    return PEOPLE / (cpu(server) - before)


def rounds(server: Server) -> tuple[float, float]:
    """Return deliveries per CPU-second of both sides, taken in turns; the first round warms both."""
    everyone, results = people(), []
    for at in range(ROUNDS + 1):
        rows, letters = told(everyone, str(at))
        results.append((rate(server, partial(ours, rows)), rate(server, partial(loop, letters))))
        left = db.session.scalar(db.select(db.func.count()).where(WAITING))
        db.session.rollback()
        if left:
            message = f"{left} were not delivered"
            raise RuntimeError(message)
    return median(each[0] for each in results[1:]), median(each[1] for each in results[1:])


def measure() -> Figure:
    """Deliver to PEOPLE, ROUNDS times."""
    with (
        world.house(),
        catcher(),
        psycopg.connect(plain(make_url(settings().database_url)), autocommit=True) as server,
        within(open_and_furnish("post", name="אלון", demo=True)),
    ):
        figure, floor = rounds(server)
    return Figure("outbox_deliver", figure, "deliveries/CPU-s", figure / floor, "a plain loop over one SMTP connection")


FIGURES: Figures = {"outbox_deliver": measure}
