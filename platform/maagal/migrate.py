r"""Two histories of migrations: `shared` for the control schema, `tenant` for each tenant's.

A revision is compiled to SQL once, by Alembic's offline mode, and replayed as one message in one transaction wherever it is
wanted, while the release before it still serves. So a revision

- names tables without a schema and a tenant's roles through `current_schema()`: the search path finds the tenant;
- asks nothing in Python: there is no connection while it is compiled, `op.get_bind()` gives none;
- holds nothing that ends or leaves the transaction (`commit`, `vacuum`, `create index concurrently`, `set role`) and no
  enum value that it uses at once;
- is over within a second in the largest tenant: what changes many rows is a backfill (backfill.py), never part of it;
- only adds what older code can live with; what older code still reads is taken away a release later;
- writes `\:` for a colon before a letter, as SQLAlchemy's text() wants it; a percent sign needs nothing.
"""

import io
import re
from functools import cache
from threading import Lock

import psycopg
from alembic import command, context
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql

from maagal import paths

LOCK_TIMEOUT = "500ms"  # a page once waited five seconds behind an ALTER
LEAVES_THE_TRANSACTION = re.compile(r"^\s*(?:commit|rollback|savepoint|vacuum)\b|\bconcurrently\b", re.IGNORECASE | re.MULTILINE)

_compiling = Lock()  # Alembic's `op` and `context` are one a process


class NotReplayable(ValueError):
    """A revision holds what cannot be part of one message in one transaction."""


def config_for(history: str) -> Config:
    """Return Alembic's configuration for a history, `shared` or `tenant`."""
    config = Config()
    config.set_main_option("script_location", str(paths.folder("migrations") / history))
    config.set_main_option("path_separator", "os")
    return config


@cache
def head(history: str) -> str:
    """Name the newest revision of a history."""
    return ScriptDirectory.from_config(config_for(history)).get_current_head() or "base"


@cache
def earlier(history: str) -> frozenset[str]:
    """Name every revision before the newest. A schema at any other is level with this release, or a later one was there."""
    return (known(history) | {"base"}) - {head(history)}


@cache
def known(history: str) -> frozenset[str]:
    """Name every revision of a history."""
    return frozenset(each.revision for each in ScriptDirectory.from_config(config_for(history)).walk_revisions())


@cache
def compiled(history: str, since: str = "base", until: str = "head") -> str:
    """Return the SQL that leads from one revision to another, the newest unless named; no schema's name; raise NotReplayable."""
    config = config_for(history)
    config.output_buffer = io.StringIO()
    with _compiling:
        command.upgrade(config, f"{since}:{until}", sql=True)
    text = config.output_buffer.getvalue()
    if found := LEAVES_THE_TRANSACTION.search(text):
        message = f"the history {history!r} holds {found[0].strip()!r}"
        raise NotReplayable(message)
    return text


class UnknownRevision(ValueError):
    """A schema or an archive stands at a revision that this version of the house does not have."""


def must_know(revision: str) -> None:
    """Raise UnknownRevision unless the tenant history has this revision; what is newer than this house cannot be read by it."""
    if revision not in known("tenant"):
        message = f"it stands at revision {revision!r}, which this version of the house does not know: use a newer one"
        raise UnknownRevision(message)


def run() -> None:
    """Compile the history; both env.py files call this. Online runs are not ours: the runner below replays."""
    context.configure(
        dialect_name="postgresql", transactional_ddl=False, literal_binds=True, version_table="revision",
        dialect_opts={"paramstyle": "named"},
    )  # fmt: skip
    context.run_migrations()


def replay(connection: psycopg.Connection, history: str, schema: str, since: str = "base") -> None:
    """Bring one schema from `since` to the newest revision, in one message and one transaction, as the owner.

    Raises psycopg.errors.LockNotAvailable when a reader holds the schema longer than LOCK_TIMEOUT; nothing is left half done.
    """
    opener = sql.SQL("begin; set local role maagal_owner; set local lock_timeout = {}; set local search_path = {};")
    head_of = opener.format(sql.Literal(LOCK_TIMEOUT), sql.Identifier(schema)).as_string(connection)
    send(connection, head_of + compiled(history, since) + "; commit")


def send(connection: psycopg.Connection, message: str) -> None:
    """Send several statements that begin and end a transaction as one message; what fails is rolled back and raised."""
    try:
        connection.execute(message.encode())
    except psycopg.Error:
        if not connection.closed:
            connection.rollback()
        raise


def revision_of(connection: psycopg.Connection, schema: str) -> str:
    """Return the revision a schema stands at, `base` when it has none; reads one row, scans no catalog. For the owner."""
    table = f"{schema}.revision"
    if connection.execute("select to_regclass(%s)", [table]).fetchone() in (None, (None,)):
        return "base"
    query = sql.SQL("select version_num from {}.revision").format(sql.Identifier(schema))
    row = connection.execute(query).fetchone()
    return row[0] if row else "base"
