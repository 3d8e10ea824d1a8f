"""Whom the servers run as: ourselves, or for root a system user of their own, because PostgreSQL refuses root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

NAME = "maagal-servers"


class Dropped(TypedDict, total=False):
    """The arguments with which subprocess gives up root."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A user of this machine."""

    uid: int
    gid: int

    def dropped(self) -> Dropped:
        """Give what subprocess needs to become this user; nothing where we are it already."""
        if self.uid == os.getuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, folder: Path) -> Path:
        """Make FOLDER, closed to everyone but this user, and give it back."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        if self.uid != os.getuid():
            os.chown(folder, self.uid, self.gid)
        return folder

    def write(self, path: Path, text: str) -> Path:
        """Write TEXT where this user alone reads it, and give PATH back."""
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            if self.uid != os.getuid():
                os.fchown(file.fileno(), self.uid, self.gid)
        return path


def servers_account() -> Account:
    """Give the account for the servers; as root, make it when it is missing."""
    if os.getuid() != 0:
        return Account(os.getuid(), os.getgid())
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin") or "useradd"
        command = [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
        subprocess.run(command, check=False, capture_output=True)
        entry = pwd.getpwnam(NAME)
    return Account(entry.pw_uid, entry.pw_gid)
