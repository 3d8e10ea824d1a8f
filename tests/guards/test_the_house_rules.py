"""Promises about the whole house. New endpoints, tables, tasks and texts are covered without being added to a list."""

import ast
import platform
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from maagal import capability, programs, tasks
from maagal.bootstrap import plain
from maagal.config import Settings
from maagal.db import Base
from maagal.permissions import OPERATOR, ROLES, VISITOR, matrix
from maagal.tasks import HouseTask, TenantTask

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("platform/maagal", "tenants", "workers") for path in (ROOT / folder).rglob("*.py")]


def test_platform_is_the_standard_library():
    assert Path(platform.__file__).parent == Path(sysconfig.get_path("stdlib"))
    assert not (ROOT / "platform" / "__init__.py").exists()
    command = [sys.executable, "-c", "import platform; print(platform.python_implementation())"]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip() == "CPython"


def test_every_view_names_its_rule(house):
    bare = [
        route.endpoint for route in house.url_map.iter_rules() if not hasattr(house.view_functions[route.endpoint], "needs")
    ]
    assert bare == []


def test_no_view_changes_anything_by_get_and_none_deletes_with_parameters(house):
    methods = {method for route in house.url_map.iter_rules() for method in route.methods}
    assert methods <= {"GET", "HEAD", "OPTIONS", "POST"}


def test_every_task_is_a_tenants_or_declared_to_be_the_houses(house):
    celery = house.extensions["celery"]
    ours = {name: task for name, task in celery.tasks.items() if not name.startswith("celery.")}
    assert ours
    assert {name for name, task in ours.items() if not isinstance(task, (TenantTask, HouseTask))} == set()
    assert {name for name, task in ours.items() if not isinstance(task, TenantTask)} == {"maagal.sweep", "maagal.carry_out"}


def test_every_scheduled_task_exists_and_every_queue_is_worked_on(house):
    celery = house.extensions["celery"]
    assert {entry["task"] for entry in celery.conf.beat_schedule.values()} <= set(celery.tasks)
    worked_on = [queue for group in programs.programs(8000) for program in group for queue in program.queues]
    assert sorted(worked_on) == sorted(tasks.QUEUES)


@pytest.mark.parametrize("name", capability.ORDER)
def test_every_capability_is_whole(name):
    folder = ROOT / "tenants" / name
    if not folder.exists():
        assert not any(path.parts[-2:] == ("tenants", name) for path in SOURCES)
        return
    assert (folder / "capability.py").exists()
    tree = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1, "the package's own file holds a docstring and no code"


def test_no_model_is_ahead_of_its_migration(oak_and_elm):
    engine = create_engine(Settings().database_url)
    with engine.connect() as connection:
        connection.exec_driver_sql(f'set search_path to "{oak_and_elm[0].schema}"')
        connection.dialect.default_schema_name = oak_and_elm[0].schema
        options = {"include_object": lambda thing, _n, kind, _r, _c: kind != "table" or _is_a_tenants(thing)}
        made = MigrationContext.configure(connection, opts=options | {"compare_type": True})
        differences = compare_metadata(made, Base.metadata)
    engine.dispose()
    assert differences == []


def _is_a_tenants(table) -> bool:
    return table.schema is None and table.name != "revision"


def test_no_foreign_key_crosses_schemas(oak_and_elm):
    with psycopg.connect(plain(make_url(Settings().database_url))) as connection:
        crossing = connection.execute(
            "select conname from pg_constraint k join pg_class a on a.oid = k.conrelid join pg_class b on b.oid = k.confrelid "
            "where k.contype = 'f' and a.relnamespace <> b.relnamespace"
        ).fetchall()
    assert crossing == []


def test_only_the_edges_commit():
    pattern = re.compile(r"\.commit\(\)|[^_.]commit\(\)")
    allowed = {"db.py", "edges.py", "tasks.py", "handling.py", "relay.py", "commands.py", "opening.py", "demo.py",
               "backfill.py"}  # fmt: skip
    offenders = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if pattern.search(path.read_text(encoding="utf-8")) and not (path.parent.name == "maagal" and path.name in allowed)
    ]
    assert offenders == []


def test_nobody_asks_the_system_for_the_time():
    pattern = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(")
    offenders = [
        path.name for path in SOURCES if path.name != "clock.py" and pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert offenders == []


def test_every_row_of_the_matrix_speaks_of_roles_that_exist():
    known = {*ROLES, OPERATOR, VISITOR, "says"}
    assert {key for row in matrix().values() for key in row} <= known
    cells = {cell for row in matrix().values() for key, cells in row.items() if key != "says" for cell in cells}
    assert all(re.fullmatch(r"[RWAX]:[a-z]+", cell) for cell in cells)


def test_every_rule_has_a_sentence(house):
    rules = {view.needs for view in house.view_functions.values() if hasattr(view, "needs")}
    assert {rule.name for rule in rules if not rule.sentence} == set()


def test_no_markup_carries_its_own_style_or_script():
    pattern = re.compile(r"<[a-z][^>]*\s(style|on[a-z]+|hx-on[:a-z-]*)\s*=|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)
    pages = [path for path in (ROOT / "templates").rglob("*.html") if "mail" not in path.parts]
    texts = {path: re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL) for path in pages}
    assert [str(path.relative_to(ROOT)) for path, text in texts.items() if pattern.search(text)] == []


def test_dependencies_are_pinned_with_hashes_and_name_no_index():
    for name in ("run.txt", "test.txt"):
        text = (ROOT / "requirements" / name).read_text()
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--index-url|--find-links", text)


def test_no_file_is_a_drawer():
    names = {path.name for path in SOURCES}
    assert not names & {"utils.py", "util.py", "helpers.py", "misc.py", "common.py"}


def test_the_project_says_why_it_ignores_a_lint():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("ignore = ["))
    ignored = lines[start + 1 : lines.index("]", start)]
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]["select"] == ["ALL"]
    assert sum("#" in line for line in ignored) >= len(ignored) - 3
