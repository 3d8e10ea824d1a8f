"""How a server that has loaded everything keeps the garbage collector, and one busy thread, out of the others' answers."""

import gc
import sys

PASSES = (50_000, 50, 50)
TURN = 0.0005  # seconds a thread may compute while another waits; at 5 ms each answer of the database waited for its turn


def settle() -> None:
    """Collect once and let what is loaded now stay: the collector need not walk it again at each full pass."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*PASSES)
    sys.setswitchinterval(TURN)
