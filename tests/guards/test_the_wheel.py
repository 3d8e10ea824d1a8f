"""The wheel holds everything: built, unpacked far from the checkout, it finds its templates, histories and Hebrew by itself."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from maagal.environment import environment

ROOT = Path(__file__).parents[2]
BUILT_OF = ("platform", "tenants", "workers", "templates", "migrations", "pyproject.toml", "README.md")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.mo")


def run(*command, cwd, **more):
    done = subprocess.run([str(each) for each in command], cwd=cwd, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of a copy of the sources, whose catalogues were compiled as bin/env.sh does: nothing else is built here."""
    copy, out = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("dist")
    for name in BUILT_OF:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=LEFT_OUT)
        else:
            shutil.copy(source, copy / name)
    run(Path(sys.executable).with_name("pybabel"), "-q", "compile", "-d", "platform/maagal/translations", cwd=copy)
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", out, ".", cwd=copy)
    (made,) = out.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    """A virtual environment with the wheel alone; other people's packages are borrowed from the running environment.

    A line of a .pth file adds a folder without reading the .pth files in it, so the checkout's roots do not come along.
    """
    venv = tmp_path_factory.mktemp("elsewhere") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", venv, cwd=venv.parent)
    made = venv / "bin" / "python"
    ours = Path(run(made, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=venv).strip())
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(ours)
    (ours / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def say(python, tmp_path_factory):
    """Run something with the wheel's Python in an empty folder, with no server anywhere and nothing of our environment."""
    folder, data = tmp_path_factory.mktemp("empty"), tmp_path_factory.mktemp("data")
    nowhere = {"database_url": "postgresql://nobody@127.0.0.1:1/nothing", "redis_url": "redis://127.0.0.1:1"}
    told = environment(data, **nowhere, mail_url="smtp://127.0.0.1:1", port=8000)
    plain = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    return lambda *command: run(python, *command, cwd=folder, env=plain | told)


def test_the_wheel_ships_what_is_not_python(wheel):
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    assert "maagal/translations/he/LC_MESSAGES/messages.mo" in names
    assert "maagal/matrix.toml" in names
    for folder, packed_as in (("templates", "_templates"), ("migrations", "_migrations")):
        files = {str(each.relative_to(ROOT / folder)) for each in (ROOT / folder).rglob("*.*") if "__pycache__" not in each.parts}
        assert {f"maagal/{packed_as}/{name}" for name in files} <= names
    assert not any(name.startswith(("tests/", "platform/")) or "__pycache__" in name for name in names)


def test_it_runs_out_of_the_wheel_and_not_out_of_the_checkout(say, python):
    places = json.loads(say("-c", "import json, maagal, tenants, workers; print(json.dumps([maagal.__file__, "
                                  "tenants.__file__, workers.__file__]))"))  # fmt: skip
    assert all(Path(place).is_relative_to(python.parents[1]) for place in places)
    assert not any(str(ROOT) in entry for entry in say("-c", "import sys; print(*sys.path, sep='\\n')").splitlines()
                   if "site-packages" not in entry)  # fmt: skip


def test_platform_stays_the_standard_librarys(say):
    assert Path(say("-c", "import platform; print(platform.__file__)").strip()).name == "platform.py"


def test_it_prints_the_same_routes_as_the_checkout(say, house):
    printed = json.loads(say("-m", "maagal.cli", "routes", "--json"))
    assert {each["endpoint"] for each in printed} == set(house.view_functions)
    assert all(each["rule"] for each in printed)


def test_both_histories_and_every_template_compile(say):
    told = say("-c", COMPILE)
    counted = json.loads(told)
    assert counted["templates"] == len([each for each in (ROOT / "templates").rglob("*.*") if each.suffix in {".html", ".txt"}])
    for history in ("shared", "tenant"):
        assert counted[history] == len(list((ROOT / "migrations" / history / "versions").glob("*.py")))


COMPILE = """
import json
from alembic.script import ScriptDirectory
from maagal.app import create_app
from maagal.paths import folder
env = create_app().jinja_env
names = [name for name in env.list_templates() if name.endswith((".html", ".txt"))]
for name in names:
    env.get_template(name)
found = {each: len(list(ScriptDirectory(str(folder("migrations") / each)).walk_revisions())) for each in ("shared", "tenant")}
print(json.dumps(found | {"templates": len(names)}))
"""


def test_it_speaks_hebrew(say):
    speak = "from maagal.app import create_app; from flask_babel import force_locale, gettext\n"
    speak += "with create_app().test_request_context(), force_locale('he'): print(ascii(gettext('Sign in')))"
    assert "\\u05" in say("-c", speak)
