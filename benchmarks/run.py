"""Prints `BENCH <name> <value> <unit> <ratio> <of what>` for the figures named, or for all of them: `bin/bench [name …]`.

`bin/bench tenants [--tenants N]` prints what tenants cost by their number, as a table, and the figures that come of it.
"""

import argparse
import importlib
import sys
from pathlib import Path

import many
import world
from figure import Figures

MODULES = ("tenancies", "upgrades", "many", "pages", "matching", "report_pdf", "outbox_deliver", "fairness")


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
    if names[:1] == [many.TABLE]:
        return _table(names[1:])
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


def _table(options: list[str]) -> int:
    told = argparse.ArgumentParser(prog=f"bin/bench {many.TABLE}")
    told.add_argument("--tenants", type=int, default=many.STEPS[-1], help="so many at most, at least ten")
    try:
        for line in many.table(max(many.STEPS[0], told.parse_args(options).tenants)):
            print(line, flush=True)
    finally:
        world.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
