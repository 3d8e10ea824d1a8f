"""Who stands at which revision, as the register knows it: one query over its rows, no tenant's schema is looked into."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import psycopg

from maagal import migrate

BLANK = "(blank)"
BEHIND = """
(select schema_name, slug, revision from control.tenants where state <> 'erased' and revision <> %(head)s order by id)
union all
(select schema_name, %(blank)s, revision from control.blank_schemas where revision <> %(head)s order by made_at)
"""
EVERYONE = """
select t.slug, t.schema_name, t.state, t.revision, u.outcome, u.seconds, u.at
from control.tenants t left join lateral (
  select outcome, seconds, at from control.upgrades where schema_name = t.schema_name order by id desc limit 1) u on true
where t.state <> 'erased' order by t.slug
"""


@dataclass(frozen=True)
class Target:
    """A schema that an upgrade is for, the slug of its tenant (BLANK: nobody's yet), and the revision it stands at."""

    schema: str
    name: str
    since: str


@dataclass(frozen=True)
class Standing:
    """A tenant, its revision, and what became of its last upgrade: `done` or a reason, in how many seconds, when; or Nones."""

    slug: str
    schema: str
    state: str
    revision: str
    outcome: str | None
    seconds: float | None
    at: datetime | None

    @property
    def is_behind(self) -> bool:
        """Whether this release answers 503 for it."""
        return self.revision in migrate.earlier("tenant")


def behind(connection: psycopg.Connection) -> list[Target]:
    """List what an upgrade has to do, tenants first, in the order they were opened; for the provisioner's login."""
    values = {"head": migrate.head("tenant"), "blank": BLANK}
    found = [Target(*row) for row in connection.execute(BEHIND, values).fetchall()]
    return [target for target in found if target.since in migrate.earlier("tenant")]


def everyone(connection: psycopg.Connection) -> list[Standing]:
    """List every tenant by slug; for the operator's login as well as the provisioner's."""
    return [Standing(*row) for row in connection.execute(EVERYONE).fetchall()]


def counted(standings: Iterable[Standing]) -> list[tuple[str, int]]:
    """Count tenants by revision, newest first."""
    return sorted(Counter(each.revision for each in standings).items(), reverse=True)


def shared_is_behind(connection: psycopg.Connection) -> bool:
    """Whether the control schema itself has something to do; for the provisioner's login."""
    with connection.transaction():
        connection.execute("set local role maagal_owner")
        return migrate.revision_of(connection, "control") in migrate.earlier("shared")
