"""Celery's queues, and which of them share processes: a lane is what one worker works on.

A tenant may have so many batches of a lane with the workers at a time as its share says: fewer than a lane has processes, so
that one tenant's ten thousand rows leave a process free for another's one mail.
"""

LANES = (("urgent",), ("facts", "delivery", "reports"))
QUEUES = tuple(queue for lane in LANES for queue in lane)
BATCH = 50  # rows that a worker is handed at once


def within_share(leased: int, share: int) -> int:
    """Return how many more rows of a lane a tenant may be handed while so many are leased; `share` is in batches."""
    busy = -(-leased // BATCH)  # a batch that is half done still holds its process
    return max(0, share - busy) * BATCH
