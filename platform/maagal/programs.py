"""The processes of one machine, and what each of them must not know."""

import socket
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from maagal.queues import LANES

GRANIAN = Path(__file__).parent / "granian.json"  # its lines are JSON, too
ADMINISTRATOR = "DATABASE_URL"
PROVISIONER = "MAAGAL_PROVISIONER_URL"
OPERATOR = "MAAGAL_OPERATOR_URL"
BACKUP = "MAAGAL_BACKUP_URL"  # reads every tenant: for commands only
NEVER_OURS = (ADMINISTRATOR, PROVISIONER, BACKUP)
KEYS = ("MAAGAL_MASTER_KEY", "MAAGAL_KEYS_URL", "MAAGAL_SECRET_KEY", "MAAGAL_SPONSOR_URL", OPERATOR)
BEHIND = (*NEVER_OURS, OPERATOR)  # whoever serves no page serves no console


@dataclass(frozen=True)
class Program:
    """One process that runs for as long as the house is open."""

    name: str
    command: tuple[str, ...]
    hidden: tuple[str, ...] = NEVER_OURS
    queues: tuple[str, ...] = ()  # what waits for it, if anything does
    moves: bool = False  # whether it notes that it gets on (progress.py), so that one that hangs is found

    @property
    def watched_as(self) -> str:
        """The name under which it notes that it moves; Celery's workers are called so on every machine."""
        return f"{self.name}@{socket.gethostname()}"


def programs(port: int) -> list[list[Program]]:
    """Give the programs in the order in which they end; those of one group end together."""
    workers = [worker(",".join(lane), 1 if lane == ("urgent",) else 2) for lane in LANES]
    return [[web(port), beat(), relay(), provisioner(), metrics()], workers]


def web(port: int) -> Program:
    """Serve pages, on this machine's own address only: second factors are waived for the demo."""
    where = ("--host", "127.0.0.1", "--port", str(port))
    size = ("--workers", "2", "--blocking-threads", "12", "--workers-kill-timeout", "3", "--log-config", str(GRANIAN))
    hidden = (*NEVER_OURS, "MAIL_URL")
    return _python("web", "granian", "--interface", "wsgi", *where, *size, "maagal.wsgi:app", hidden=hidden)


def worker(queues: str, children: int) -> Program:
    """Do background work; what is urgent never waits behind a report."""
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
    name = f"worker-{queues.partition(',')[0]}"
    size = ("--concurrency", str(children), "--hostname", f"{name}@%h")
    made = _python(name, "celery", "--quiet", "-A", "workers.celery", "worker", "--queues", queues, *size, *quiet)
    return replace(made, queues=tuple(queues.split(",")), moves=True)


def beat() -> Program:
    """Ring for scheduled work when its time comes."""
    command = ("celery", "--quiet", "-A", "workers.celery", "beat", "--schedule", "logs/beat", "--pidfile", "")
    return _python("beat", *command, hidden=(*NEVER_OURS, *KEYS, "MAIL_URL"))


def relay() -> Program:
    """Hand the outbox to the workers."""
    return replace(_python("relay", "maagal.cli", "relay", hidden=(*NEVER_OURS, *KEYS, "MAIL_URL")), moves=True)


def provisioner() -> Program:
    """Make schemas and roles: the one process with a login that may."""
    return _python("provisioner", "maagal.database_cli", "provision", hidden=(ADMINISTRATOR, BACKUP, *KEYS, "MAIL_URL"))


def metrics() -> Program:
    """Tell figures on the private port: reads the control schema and what the others count."""
    keys = tuple(name for name in KEYS if name != OPERATOR)
    return _python("metrics", "maagal.measuring.serve", hidden=(*NEVER_OURS, *keys, "MAAGAL_APP_URL", "MAIL_URL"))


def _python(name: str, *arguments: str, hidden: tuple[str, ...] = BEHIND) -> Program:
    return Program(name, (sys.executable, "-m", *arguments), hidden)
