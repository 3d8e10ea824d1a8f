"""How PostgreSQL and Valkey are set: what they lose, what they write into logs, whether their clocks are ours."""

import time
from collections.abc import Iterator
from typing import Any

from redis import Redis, RedisError
from redis.exceptions import ResponseError

from maagal.config import settings
from maagal.doctor.asking import connected, row
from maagal.doctor.finding import BAD, OK, WARN, Finding, judged

LOCKS, MANY = 512, 200
SKEW = 2.0  # seconds
SILENT = {  # what the server writes down of an error would hold values of rows
    "log_error_verbosity": ("terse",), "log_min_error_statement": ("panic", "fatal"), "log_statement": ("none",),
    "log_min_duration_statement": ("-1",), "log_min_messages": ("log", "fatal", "panic"),
    "log_parameter_max_length_on_error": ("0",),
}  # fmt: skip
SAFE = {"fsync": ("on",), "synchronous_commit": ("on", "remote_apply", "remote_write", "local"), "full_page_writes": ("on",)}


def postgres() -> Iterator[Finding]:
    """The server keeps what it says it kept, and enough locks for many tenants."""
    with connected("operator") as connection:
        locks, version, tenants = row(
            connection,
            "select current_setting('max_locks_per_transaction')::int, current_setting('server_version_num')::int, "
            "(select count(*) from control.tenants where state <> 'erased')",
        )
        wrong = {name: _set(connection, name) for name, fine in SAFE.items() if _set(connection, name) not in fine}
    said = f"max_locks_per_transaction is {locks} for {tenants} tenants"
    yield judged(locks >= LOCKS, said, f"set it to {LOCKS} and restart", otherwise=BAD if tenants > MANY else WARN)
    yield judged(version >= 180000, f"PostgreSQL {version // 10000}", "this house is tried on 18", otherwise=WARN)
    yield judged(not wrong, f"{wrong} loses what was saved" if wrong else "what is committed is on disk", "set them on")


def silence() -> Iterator[Finding]:
    """The server's own log holds no value of a row."""
    with connected("operator") as connection:
        loud = {name: said for name, fine in SILENT.items() if (said := _set(connection, name)) not in fine}
    told = ", ".join(f"{name} = {said}" for name, said in loud.items())
    todo = ", ".join(f"{name} = {SILENT[name][0]}" for name in loud)
    yield judged(not loud, f"PostgreSQL's log may hold people's values: {told}" if loud else "PostgreSQL's log is silent", todo)


def clocks() -> Iterator[Finding]:
    """The database and this machine agree on the time: codes of second factors, leases and links hang on it."""
    with connected("operator") as connection:
        before = time.clock_gettime(time.CLOCK_REALTIME)
        (there,) = row(connection, "select extract(epoch from clock_timestamp())::float8")
        here = (before + time.clock_gettime(time.CLOCK_REALTIME)) / 2
    skew = abs(there - here)
    yield judged(skew < SKEW, f"the database's clock is {skew:.1f} s off ours", "run a time service on both machines")


def valkey() -> Iterator[Finding]:
    """Valkey throws no message away when it is full, and finds them again after a restart."""
    try:
        with Redis.from_url(settings().redis_url, socket_timeout=2, socket_connect_timeout=2) as client:
            found: Any = client.config_get("maxmemory-policy", "appendonly", "save")
    except ResponseError:
        yield Finding(WARN, "Valkey does not tell how it is set", "see that maxmemory-policy is noeviction")
        return
    except RedisError as why:
        yield Finding(BAD, f"Valkey does not answer ({type(why).__name__})", "start it; nothing is lost meanwhile")
        return
    policy = found.get("maxmemory-policy")
    yield judged(policy == "noeviction", f"maxmemory-policy is {policy}", "set noeviction: it may not drop messages")
    kept = found.get("appendonly") == "yes" or bool(found.get("save"))
    said = "Valkey keeps its messages over a restart" if kept else "Valkey forgets everything when it restarts"
    yield Finding(OK, said) if kept else Finding(WARN, said, "appendonly yes; without it work goes on a minute later")


def _set(connection: Any, name: str) -> str:
    (said,) = row(connection, "select current_setting(%s)", [name])
    return str(said)
