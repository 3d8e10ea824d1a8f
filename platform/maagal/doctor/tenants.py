"""Whether all tenants are where they should be, and their work is done."""

from collections.abc import Iterator
from datetime import timedelta

from maagal import clock, drift, keystore, migrate, standing
from maagal.config import settings
from maagal.doctor.asking import connected, row
from maagal.doctor.finding import BAD, OK, WARN, Finding, judged
from maagal.leaving import rotating
from maagal.measuring.house import WISHES
from maagal.readiness import LATE, LATEST, waited

SOME = 5  # names in a line
OLD = timedelta(days=2)
BLANKS = "select count(*) from control.blank_schemas where revision = %s"
GIVEN_UP = "select coalesce(sum(f.value::bigint), 0), count(distinct tenant_id) from control.usage, jsonb_each_text(failed) f"
DEAF = 60.0  # seconds in which the provisioner should have carried out a wish


def revisions() -> Iterator[Finding]:
    """Nobody is behind, and the control schema is not."""
    with connected("provisioner") as connection:
        behind = [each.name for each in standing.behind(connection) if each.name != standing.BLANK]
        shared = standing.shared_is_behind(connection)
    yield judged(not shared, "the control schema is behind" if shared else "the control schema is level", "maagal upgrade")
    yield judged(not behind, f"behind: {_some(behind)}" if behind else "every tenant is level", "maagal upgrade --status")


def drifted() -> Iterator[Finding]:
    """All schemas hold the same."""
    with connected("provisioner") as connection:
        odd = [each.name for each in drift.drifted(connection)]
    yield judged(not odd, f"unlike the others: {_some(odd)}" if odd else "all schemas hold the same", "maagal upgrade --drift")


def blanks() -> Iterator[Finding]:
    """There is a prepared schema for whoever is opened next, and the provisioner takes wishes."""
    with connected("provisioner") as connection:
        (number,), (waiting, seconds) = row(connection, BLANKS, [migrate.head("tenant")]), row(connection, WISHES)
    said = f"{number} prepared schemas of {settings().blank_schemas}"
    yield judged(number or not settings().blank_schemas, said, "is the provisioner running?", otherwise=WARN)
    late = f"{waiting} wishes wait, the oldest for {seconds:.0f} s"
    yield judged(seconds < DEAF, late, "is the provisioner running? see its log")


def work() -> Iterator[Finding]:
    """What is due is done, and nothing was given up."""
    with connected("operator") as connection:
        (oldest,), (failed, tenants) = row(connection, LATEST), row(connection, GIVEN_UP)
    waits = waited(oldest)
    todo = "are relay and workers running? see their logs, and /console/queues"
    yield judged(waits < LATE, f"the oldest work that is due waits for {waits.total_seconds():.0f} s", todo)
    said = f"{failed} pieces of work were given up in {tenants} tenants"
    yield judged(not failed, said, "/console/queues: read why, mend it, try again", otherwise=WARN)


def keys() -> Iterator[Finding]:
    """The master key at hand opens every tenant's key, and the key store was backed up."""
    number, closed = rotating.unreadable()
    said = f"the master key opens {number - len(closed)} of {number} tenants' keys"
    yield judged(not closed, said, "MAAGAL_MASTER_KEY is not the one that wrapped them: find it before anything else")
    with connected("keys") as connection:
        (at,) = row(connection, "select max(at) from copies")
    if not settings().backup_recipient and at is None:
        yield Finding(WARN, "nothing tells of backups", "docs/operating.md, Backups")
    elif at is None or clock.now() - at > OLD:
        yield Finding(BAD, f"the key store was last backed up {at or 'never'}", "maagal backup --keys --to OTHER, every night")
    else:
        yield Finding(OK, f"the key store was backed up {at:%Y-%m-%d %H:%M}; of backups of data nothing is known here")
    keystore.forget()


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SOME} more" if len(names) > SOME else ""
    return ", ".join(names[:SOME]) + more
