"""Prints `BENCH <name> <value> <unit> <ratio> <of what>` for the figures named, or for all of them: `bin/bench [name …]`."""

import importlib
import sys
from pathlib import Path

import world
from figure import Figures

MODULES = ("tenancies", "upgrades", "pages", "matching", "report_pdf", "outbox_deliver", "fairness")


def figures() -> Figures:
    """Gather the figures of every module that is there."""
    here = {path.stem for path in Path(__file__).parent.glob("*.py")}
    found: Figures = {}
    for name in MODULES:
        if name in here:
            found |= importlib.import_module(name).FIGURES
    return found


def main(names: list[str]) -> int:
    """Measure; return 2 for a name that there is not."""
    known = figures()
    if unknown := [name for name in names if name not in known]:
        print(f"no such figure: {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    try:
        for name in names or known:
            print(known[name]().line(), flush=True)
    finally:
        world.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
