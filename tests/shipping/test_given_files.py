"""Every secret can be a file; what cannot be meant is said in one line that holds no secret."""

import os
import subprocess
import sys

import pytest

from maagal.config import Settings, settings
from maagal.environment import without
from maagal.given_files import SettingRefused, variable

TEXTS = sorted(variable("MAAGAL_", field, name) for name, field in Settings.model_fields.items() if field.annotation is str)


@pytest.fixture
def alone(monkeypatch):
    """An environment that says nothing of us."""
    for name in [name for name in os.environ if name.startswith("MAAGAL_") or "_URL" in name]:
        monkeypatch.delenv(name)
    settings.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_every_text_can_be_given_as_a_file_and_loses_the_newline_at_its_end(alone, tmp_path, name, end):
    (tmp_path / "it").write_text(f"a: /@%=  {end}", newline="")
    alone.setenv(f"{name}_FILE", str(tmp_path / "it"))
    field = next(field for field, told in Settings.model_fields.items() if variable("MAAGAL_", told, field) == name)
    assert getattr(Settings(), field) == "a: /@%=  "


def test_the_environment_is_believed_where_no_file_is_named(alone):
    alone.setenv("MAAGAL_MASTER_KEY", "00")
    alone.setenv("MAAGAL_MASTER_KEY_FILE", "")
    assert settings().master_key == "00"


def refusal(alone, **environment):
    for name, value in environment.items():
        alone.setenv(name, value)
    with pytest.raises(SettingRefused) as refused:
        settings()
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_both_at_once_is_one_clear_line_without_either_secret(alone, tmp_path):
    (tmp_path / "key").write_text("from-file")
    said = refusal(alone, MAAGAL_MASTER_KEY="from-environment", MAAGAL_MASTER_KEY_FILE=str(tmp_path / "key"))
    assert said == "maagal: both MAAGAL_MASTER_KEY and MAAGAL_MASTER_KEY_FILE are set: one of them has to go"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda _: None, "No such file"),
        (lambda path: path.mkdir(), "Is a directory"),
        (lambda path: path.write_bytes(b"\xff"), "no text"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_line(alone, tmp_path, make, why):
    make(tmp_path / "it")
    said = refusal(alone, REDIS_URL_FILE=str(tmp_path / "it"))
    assert said.startswith(f"maagal: REDIS_URL_FILE names a file that cannot be read, {tmp_path / 'it'}: ")
    assert why in said


@pytest.mark.parametrize(
    ("name", "value"),
    [("MAAGAL_TRUSTED_HOPS", "-1"), ("MAAGAL_TRUSTED_HOPS", "secret"), ("MAAGAL_CERTIFICATES_ASKED_FROM", "secret/8"),
     ("MAAGAL_CERTIFICATES_ASKED_FROM", "172.18.0.1/12"), ("MAAGAL_DEMO", "secret")],
)  # fmt: skip
def test_what_cannot_be_meant_is_named_and_not_repeated(alone, name, value):
    said = refusal(alone, **{name: value})
    assert name in said
    assert "secret" not in said


@pytest.mark.parametrize(
    "command",
    [
        ("maagal.cli", "relay"), ("maagal.database_cli", "prepare"), ("maagal.database_cli", "provision"),
        ("celery", "-A", "workers.celery", "worker", "--concurrency", "1"), ("celery", "-A", "workers.celery", "beat"),
        ("granian", "--interface", "wsgi", "--port", "0", "maagal.wsgi:app"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_program_ends_with_that_line_and_no_traceback(command, tmp_path):
    told = without({}) | {"MAAGAL_SECRET_KEY": "from-environment", "MAAGAL_SECRET_KEY_FILE": "/nowhere"}
    ran = subprocess.run(
        [sys.executable, "-m", *command], env=told, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode != 0
    assert "maagal: both MAAGAL_SECRET_KEY and MAAGAL_SECRET_KEY_FILE are set" in ran.stderr + ran.stdout
    assert "Traceback" not in ran.stderr + ran.stdout
    assert "from-environment" not in ran.stderr + ran.stdout
