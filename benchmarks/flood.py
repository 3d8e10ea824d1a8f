"""Asks for one page without end, from many addresses: `flood.py PORT HOST COOKIE THREADS A_SECOND`.

It asks so often a second, however slowly it is answered, and leaves the cores to the house where both want them: a real
flood comes from elsewhere. At its end it prints how often each status was answered.
"""

import http.client
import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from itertools import count

ADDRESSES, AT_A_STRETCH = 200, 10  # so that no address is stopped by the limit that each has


def ask(port: int, host: str, cookie: str, number: int, pause: float, seen: Counter[int], ended: threading.Event) -> None:
    """Ask until it is ended; a new address every few requests."""
    due = time.monotonic() + pause * random.random()
    for turn in count(number * 7):
        source = (f"127.1.0.{turn % ADDRESSES + 1}", 0)
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=source)
        for _ in range(AT_A_STRETCH):
            if ended.wait(max(0.0, due - time.monotonic())):
                return
            due += pause
            try:
                line.request("GET", "/dashboard", headers={"Host": f"{host}:{port}", "Cookie": cookie})
                answer = line.getresponse()
                answer.read()
                seen[answer.status] += 1
            except (OSError, http.client.HTTPException):
                seen[0] += 1
                break
        line.close()


def main() -> None:
    """Flood until told to end."""
    port, host, cookie, threads = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    pause = threads / float(sys.argv[5])
    os.nice(19)
    seen: Counter[int] = Counter()
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: ended.set())
    arguments = ((port, host, cookie, number, pause, seen, ended) for number in range(threads))
    everybody = [threading.Thread(target=ask, args=each) for each in arguments]
    for each in everybody:
        each.start()
    for each in everybody:
        each.join()
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
