"""`python -m tests.upgrading.command FOLDER …`: the database's commands of the release whose histories lie in FOLDER."""

import sys
from pathlib import Path

from maagal import database_cli
from tests.upgrading.releases import release_of

if __name__ == "__main__":
    with release_of(Path(sys.argv[1])):
        database_cli.main(sys.argv[2:])
