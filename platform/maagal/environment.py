"""What each process is told by its environment: addresses, logins and keys; no process learns more than it needs."""

import os
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.engine import make_url

from maagal.config import LOGINS
from maagal.secrets_store import keep

FIGURES = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client reads it as it is imported: where processes count, one file each
_OURS = ("MAAGAL_", "DATABASE_URL", "REDIS_URL", "MAIL_URL", FIGURES)  # how their names begin: each may end in _FILE


def environment(folder: Path, *, database_url: str, redis_url: str, mail_url: str, port: int) -> dict[str, str]:
    """Give everything an instance in FOLDER is told; what the caller's own environment says already stays.

    DATABASE_URL is the administrator's and serves preparing only; the logins are made from it with passwords of ours.
    """
    made = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "MAIL_URL": mail_url,
        **{f"MAAGAL_{login.upper()}_URL": _login_url(folder, database_url, login) for login in LOGINS},
        "MAAGAL_SECRET_KEY": keep(folder, "secret_key"),
        "MAAGAL_MASTER_KEY": keep(folder, "master_key"),
        "MAAGAL_DATA": str(folder.absolute()),
        "MAAGAL_PORT": str(port),
        "MAAGAL_METRICS_PORT": str(port + 3),
        FIGURES: str(folder.absolute() / "figures"),
        "MAAGAL_PUBLIC_URL": f"http://localhost:{port}",
        "MAAGAL_CLOCK_FILE": str(folder.absolute() / "clock"),
        "MAAGAL_DEMO": "1",
        "MAAGAL_CITUS": "0",
        "MAAGAL_LEAVING_DELAY_HOURS": "48",
        "MAAGAL_SECOND_STEP_WAIT_HOURS": "12",
    }
    given = {name: value for name, value in os.environ.items() if name in made and value and name != "MAAGAL_PORT"}
    return made | given


def without(told: Mapping[str, str], *hidden: str) -> dict[str, str]:
    """Give a process's whole environment: ours but for the HIDDEN names, and what has nothing to do with us."""
    foreign = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return foreign | {name: value for name, value in told.items() if name not in hidden}


def broker_url(redis_url: str) -> str:
    """Give the address in the form Celery's kombu reads; redis-py names a Unix socket differently."""
    return redis_url.replace("unix://", "redis+socket://", 1)


def _login_url(folder: Path, database_url: str, login: str) -> str:
    admin = make_url(database_url)
    database = f"{admin.database}_keys" if login == "keys" else admin.database
    url = admin.set(
        drivername="postgresql+psycopg",
        username=f"maagal_{login}",
        password=keep(folder, f"login_{login}"),
        database=database,
    )
    return url.render_as_string(hide_password=False)
