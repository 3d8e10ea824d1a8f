"""What processes count as they work: pages by endpoint, work by its outcome. Read by the process behind the private port.

Where PROMETHEUS_MULTIPROC_DIR names a folder, each process counts in files of its own there; without it, in memory alone.
No label tells of a tenant: the readers of figures are not bound by what tenants were promised, a small organisation's
"one urgent concern today" is about one person, and ten thousand tenants would multiply every series. Log lines carry the id.
"""

import os
import socket
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, values

FOLDER = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
if FOLDER:
    Path(FOLDER).mkdir(mode=0o700, parents=True, exist_ok=True)  # prometheus_client wants to find it
    # Containers share the folder, and each has a process 1: a file is named after the host, too.
    values.ValueClass = values.MultiProcessValue(  # type: ignore[no-untyped-call]  # prometheus_client carries few types
        lambda: f"{socket.gethostname()}-{os.getpid()}"
    )

counted = CollectorRegistry()
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REQUESTS = Counter("maagal_requests", "Answers.", ("endpoint", "method", "status"), registry=counted)
LATENCY = Histogram("maagal_request_seconds", "Until the answer's last byte.", ("endpoint",), buckets=SECONDS, registry=counted)
BUSY = Counter("maagal_requests_put_off", "Answered 503: the organisation had its share.", registry=counted)
OUTCOMES = Counter("maagal_outbox", "What became of rows that were tried.", ("work", "outcome"), registry=counted)
