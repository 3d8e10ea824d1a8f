"""Many tenants in the benchmarks' house: opened once a run, as many as the largest figure so far wanted."""

from maagal import provisioning
from maagal.config import settings
from maagal.ids import new_id
from maagal.provisioning import Wanted

PORTION = 50  # blanks made before they are claimed


def crowd(number: int) -> None:
    """Have at least so many tenants, each with its whole schema and its roles."""
    with provisioning.connect(settings()) as connection:
        while (missing := number - count()) > 0:
            provisioning.refill(connection, min(missing, PORTION))
            for _ in range(min(missing, PORTION)):
                provisioning.open_tenant(connection, Wanted(f"c{new_id().hex[-12:]}", "x"))


def count() -> int:
    """Return how many tenants there are."""
    with provisioning.connect(settings()) as connection:
        row = connection.execute("select count(*) from control.tenants where state <> 'erased'").fetchone()
    return int(row[0]) if row else 0
