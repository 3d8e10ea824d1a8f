"""An empty machine, the backups, the keys' backup, a secret key and the master key: the service is back."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from maagal import embedded
from maagal.environment import environment, without
from maagal.leaving.age_streams import identities_in, make_identity

ROOT = Path(__file__).parents[2]
GIVEN = ("DATABASE_URL", "REDIS_URL", "MAAGAL_SECRET_KEY", "MAAGAL_MASTER_KEY", "MAAGAL_DATA", "MAAGAL_CLOCK_FILE",
         *(f"MAAGAL_{login}_URL" for login in ("APP", "SPONSOR", "OPERATOR", "PROVISIONER", "KEYS", "BACKUP")))  # fmt: skip
COMMANDS = """
import json, os, signal, sys
from click.testing import CliRunner
from maagal import register, sealing
from maagal.cli import main
from maagal.commands import in_tenant
from maagal.db import db
from maagal.leaving import restoring
from maagal.sealing import Place
from tenants.people.models import Person
from tests.leaving.conftest import NOTE, live_a_little

def live(slug):
    with in_tenant(slug):
        live_a_little()

def read(slug):
    with in_tenant(slug):
        person, note = db.session.execute(db.select(Person.id, Person.notes).where(Person.notes.is_not(None))).one()
        return sealing.unseal(note, Place("people", person, "notes")) == NOTE

def run(*command):
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, (command, done.output, done.exception)
    return done.output

def killed(*command):
    restoring._swap = lambda *_given: os.kill(os.getpid(), signal.SIGKILL)
    run(*command)

ours = {"live": live, "read": read, "killed": killed}
said = [ours[name](*rest) if name in ours else run(name, *rest) for name, *rest in json.loads(sys.argv[1])]
print(json.dumps(said))
"""


class Machine:
    """A machine with servers of its own and nothing else."""

    def __init__(self, servers, folder: Path, **told: str) -> None:
        folder.mkdir()
        with pytest.MonkeyPatch.context() as patch:  # it is not told what this process was told
            for name in GIVEN:
                patch.delenv(name, raising=False)
            urls = {"database_url": servers.admin_url, "redis_url": servers.redis_url}
            self.told = environment(folder, **urls, mail_url="smtp://127.0.0.1:1", port=8000) | told

    def __call__(self, *commands: tuple[object, ...], ends: int = 0) -> list[object]:
        told = json.dumps([[str(word) for word in command] for command in commands])
        env = without(self.told) | {"PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"}
        command = [sys.executable, "-c", COMMANDS, told]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=env, cwd=ROOT)
        assert done.returncode == ends, done.stderr
        return json.loads(done.stdout.splitlines()[-1]) if ends == 0 else []


def test_the_whole_service_stands_again_on_an_empty_machine(tmp_path):
    make_identity(tmp_path / "identity")
    public_key = str(identities_in(tmp_path / "identity")[0].to_public())
    identity = ("--identity", tmp_path / "identity")
    with embedded.temporary() as servers:
        old = Machine(servers, tmp_path / "old", MAAGAL_BACKUP_RECIPIENT=public_key)
        old(
            ("prepare",),
            ("tenant", "open", "maple", "--name", "maple"),
            ("tenant", "open", "cedar", "--name", "cedar"),
            ("live", "maple"),
            ("tenant", "ask", "cedar", "erase", "--by", "Ada", "--reason", "over"),
            ("backup", "--to", tmp_path / "backups"),
            ("backup", "--keys", "--to", tmp_path / "keys"),
        )
    (folder,) = (tmp_path / "backups").iterdir()
    restore = ("restore", "--all", "--from", folder, *identity)
    with embedded.temporary() as servers:
        new = Machine(servers, tmp_path / "new", MAAGAL_MASTER_KEY=old.told["MAAGAL_MASTER_KEY"])
        keys = ("restore", "--keys", "--from", tmp_path / "keys", *identity)
        new(("prepare",), keys, ("killed", *restore), ends=-signal.SIGKILL)
        said = new(
            restore,
            restore,
            ("read", "maple"),
            ("tenant", "ask", "maple", "erase", "--by", "Cy", "--reason", "over"),
            ("tenant", "requests"),
        )
    assert said[0].split("\n")[:2] == ["maple is back", "cedar is back"]
    assert said[1] == "", "the second time there is nothing to do"
    assert said[2] is True
    assert "erase\tcedar\tasked by Ada" in said[4]
    assert "erase\tmaple\tasked by Cy" in said[4]
