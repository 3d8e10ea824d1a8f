"""A small real SMTP server for tests: keeps every letter it accepts and can be told to refuse.

Run as a program it prints its port and appends each accepted Message-ID to a file; a second argument is its pause.
"""

import asyncio
import base64
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from threading import Thread


@dataclass(frozen=True)
class Caught:
    """An accepted letter."""

    to: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """The letter, parsed."""
        return message_from_bytes(self.raw, policy=default)

    @property
    def message_id(self) -> str:
        """Its Message-ID."""
        return str(self.message["Message-ID"])


@dataclass
class Sink:
    """A server on a port of its own. `refuse` maps a recipient, or MAIL, to the reply given instead of accepting."""

    caught: list[Caught] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    on_letter: Callable[[Caught], object] = lambda _letter: None
    pause: float = 0.0
    connections: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> "Sink":
        """Listen in a thread of its own."""
        self.loop = asyncio.new_event_loop()
        server = self.loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**22))
        self.port = server.sockets[0].getsockname()[1]
        self.server, self.thread = server, Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        return self

    def stop(self) -> None:
        """Listen no more."""
        self.loop.call_soon_threadsafe(self.server.close)
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()

    async def _end(self) -> None:
        mine = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not mine]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.write(b"220 sink\r\n")
        to = ""
        try:
            while line := await reader.readline():
                verb, text = line[:4].upper(), line.decode().strip()
                if verb == b"RCPT":
                    to = text.partition("<")[2].partition(">")[0]
                if verb == b"DATA":
                    writer.write(b"354 go on\r\n")
                    raw = (await reader.readuntil(b"\r\n.\r\n"))[:-3]
                    await asyncio.sleep(self.pause)
                    self._keep(Caught(to, raw.replace(b"\r\n..", b"\r\n.")))
                refused = self.refuse.get({b"RCPT": to, b"MAIL": "MAIL"}.get(verb, ""))
                writer.write(f"{refused or '250 ok'}\r\n".encode())
                if verb == b"QUIT" or (refused or "").startswith("421"):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def _keep(self, letter: Caught) -> None:
        self.caught.append(letter)
        self.on_letter(letter)


def main(kept: Path, pause: float = 0.0) -> None:
    """Serve until ended; every accepted letter is one line of the file: its Message-ID, then itself in base64."""
    with kept.open("ab", buffering=0) as file:
        sink = Sink(on_letter=lambda letter: file.write(_line(letter)), pause=pause).start()
        print(sink.port, flush=True)  # noqa: T201  whoever started it waits for this
        sink.thread.join()


def _line(letter: Caught) -> bytes:
    return letter.message_id.encode() + b" " + base64.b64encode(letter.raw) + b"\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]), float((sys.argv[2:] or ["0"])[0]))
