"""The processes of one machine, and what each of them must not know."""

import sys
from dataclasses import dataclass

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


def programs(port: int) -> list[list[Program]]:
    """Give the programs in the order in which they end; those of one group end together."""
    return [[web(port), beat(), relay(), provisioner()], [worker("urgent", 1), worker("facts,delivery,reports", 2)]]


def web(port: int) -> Program:
    """Serve pages, on this machine's own address only: second factors are waived for the demo."""
    where = ("--host", "127.0.0.1", "--port", str(port))
    size = ("--workers", "2", "--blocking-threads", "4", "--workers-kill-timeout", "3")
    hidden = (*NEVER_OURS, "MAIL_URL")
    return _python("web", "granian", "--interface", "wsgi", *where, *size, "maagal.wsgi:app", hidden=hidden)


def worker(queues: str, children: int) -> Program:
    """Do background work; what is urgent never waits behind a report."""
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
    name = f"worker-{queues.partition(',')[0]}"
    size = ("--concurrency", str(children), "--hostname", f"{name}@%h")
    return _python(name, "celery", "-A", "workers.celery", "worker", "--queues", queues, *size, *quiet)


def beat() -> Program:
    """Ring for scheduled work when its time comes."""
    command = ("celery", "-A", "workers.celery", "beat", "--schedule", "logs/beat", "--pidfile", "")
    return _python("beat", *command, hidden=(*NEVER_OURS, *KEYS, "MAIL_URL"))


def relay() -> Program:
    """Hand the outbox to the workers."""
    return _python("relay", "maagal.cli", "relay", hidden=(*NEVER_OURS, *KEYS, "MAIL_URL"))


def provisioner() -> Program:
    """Make schemas and roles: the one process with a login that may."""
    return _python("provisioner", "maagal.database_cli", "provision", hidden=(ADMINISTRATOR, BACKUP, *KEYS, "MAIL_URL"))


def _python(name: str, *arguments: str, hidden: tuple[str, ...] = BEHIND) -> Program:
    return Program(name, (sys.executable, "-m", *arguments), hidden)
