"""Where the servers keep their data, their sockets and their programs."""

import os
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from maagal.secrets_store import keep
from maagal.servers.account import Account, servers_account
from maagal.servers.process import StartError

_LONGEST_SOCKET = 100  # bytes the kernel takes are 108 on Linux, 104 on macOS


@dataclass(frozen=True)
class Place:
    """One instance's folders: HOME for data, RUN for sockets (both closed to others), LOGS; and whose they are."""

    folder: Path
    home: Path
    run: Path
    logs: Path
    account: Account

    def program(self, tree: Path, name: str) -> Path:
        """Give the program NAME out of TREE, copied to HOME where the servers' account cannot run it in place."""
        if _runs(tree / name, self.account):
            return tree / name
        mine = self.home / "programs" / f"{tree.name}-{(tree / name).stat().st_mtime_ns}"
        if not mine.exists():
            _copy_readable(tree, mine)
        return mine / name

    def remove(self) -> None:
        """Delete everything, data included."""
        for folder in {self.home, self.run, self.folder}:
            shutil.rmtree(folder, ignore_errors=True)


def place(folder: Path) -> Place:
    """Make the folders of the instance that lives in FOLDER.

    As root the data lies in /var/lib: the servers' own account must reach it, and FOLDER may be inside root's home.
    """
    account = servers_account()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    name = "maagal-" + keep(folder, "place")[:16]
    home = folder if account.uid == os.getuid() else Path("/var/lib") / name
    account.own(home)
    return Place(folder, home, account.own(_run_folder(home, name)), folder / "logs", account)


def wheel_folder(package: str) -> Path:
    """Give where PACKAGE is installed, without importing it: its Python part is of no use here and warns."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        message = f"{package} is not installed: run bin/run, or set DATABASE_URL and REDIS_URL"
        raise StartError(message)
    return Path(spec.submodule_search_locations[0])


def _run_folder(home: Path, name: str) -> Path:
    near = home / "run"
    if len(os.fsencode(near / ".s.PGSQL.5432.lock")) < _LONGEST_SOCKET:
        return near
    short = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / name
    if short.is_symlink() or (short.exists() and short.stat().st_uid not in {os.getuid(), home.stat().st_uid}):
        message = f"{short} belongs to somebody else: remove it or set TMPDIR to a folder of your own"
        raise StartError(message)
    return short


def _runs(program: Path, account: Account) -> bool:
    command = [str(program), "--version"]
    try:
        ran = subprocess.run(command, capture_output=True, check=False, cwd="/", **account.dropped())
    except OSError:
        return False
    return ran.returncode == 0


def _copy_readable(tree: Path, to: Path) -> None:
    """Copy TREE, letting everyone read what its owner reads; it appears whole or not at all."""
    half = to.with_name(to.name + ".half")
    shutil.rmtree(half, ignore_errors=True)
    shutil.copytree(tree, half, symlinks=True)
    for path in (to.parent, half, *half.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | (mode & 0o500) >> 3 | (mode & 0o500) >> 6)
    half.rename(to)
