"""`bin/maagal …`: one command of the CLI in the instance's environment, with servers for as long as it takes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy.exc import ArgumentError

from maagal.environment import without
from maagal.instance import PORT, Instance
from maagal.servers.process import StartError
from maagal.supervise import one_line, say

OWN_INSTANCE = ("tour",)  # commands that open a house of their own and must not hear of ours


def main() -> None:
    """Run the CLI with our arguments in the instance of MAAGAL_FOLDER; exit as it does."""
    if sys.argv[1:2] and sys.argv[1] in OWN_INSTANCE:
        os.execve(sys.executable, [sys.executable, "-m", "maagal.cli", *sys.argv[1:]], without({}))  # noqa: S606  it is ourselves
    instance = Instance(Path(os.environ["MAAGAL_FOLDER"]), int(os.environ.get("MAAGAL_PORT") or PORT))
    try:
        instance.start_servers()
        code = _run(instance)
    except (StartError, OSError, ArgumentError) as why:
        say(f"maagal: {one_line(why)}", stream=sys.stderr)
        code = 1
    finally:
        instance.stop_servers()
    raise SystemExit(code)


def _run(instance: Instance) -> int:
    """Run the CLI; it hears Ctrl-C itself, a request to end is passed on, and we stay to end the servers."""
    process = subprocess.Popen([sys.executable, "-m", "maagal.cli", *sys.argv[1:]], env=without(instance.told))
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: process.send_signal(number))
    return process.wait()


if __name__ == "__main__":
    main()
