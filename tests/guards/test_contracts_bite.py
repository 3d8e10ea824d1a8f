"""Each import contract is broken once on purpose: a contract that cannot fail promises nothing."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = Path(sys.executable).with_name("lint-imports")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of what the contracts speak of, to be broken."""
    folder = tmp_path_factory.mktemp("house")
    for name in ("platform", "tenants", "workers"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo", "samples"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(folder: Path) -> str:
    environment = {"PYTHONPATH": f"{folder / 'platform'}:{folder}", "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([LINT, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("where", "line", "contract"),
    [
        ("tenants/audit/queries.py", "import workers.celery", "Workers are the roof"),
        ("platform/maagal/clock.py", "import tenants.audit", "Workers are the roof"),
        ("platform/maagal/tenancy.py", "import maagal.app", "The floors of the house"),
        ("tenants/people/queries.py", "import tenants.meetings.models", "Capabilities depend downwards only"),
        ("tenants/meetings/events.py", "import sqlalchemy", "An event is a plain fact"),
        ("tenants/audit/models.py", "import tenants.audit.actions", "Inside a capability"),
        ("tenants/audit/actions.py", "import flask", "Rules know nothing of the web"),
    ],
)
def test_a_broken_contract_is_named(copy, where, line, contract):
    file = copy / where
    before = file.read_text(encoding="utf-8")
    file.write_text(f"{before}\n\n{line}\n", encoding="utf-8")
    try:
        said = lint(copy)
    finally:
        file.write_text(before, encoding="utf-8")
    assert any(contract in told and "BROKEN" in told for told in said.splitlines()), said[-1500:]


def test_a_new_capability_without_a_place_is_noticed(copy):
    stranger = copy / "tenants" / "stranger"
    stranger.mkdir()
    (stranger / "__init__.py").write_text('"""Nobody wrote me down."""\n')
    try:
        assert "stranger" in lint(copy)
    finally:
        shutil.rmtree(stranger)
