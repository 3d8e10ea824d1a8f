"""How a server that has loaded everything keeps the garbage collector out of its answers."""

import gc

PASSES = (50_000, 50, 50)


def settle() -> None:
    """Collect once and let what is loaded now stay: the collector need not walk it again at each full pass."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*PASSES)
