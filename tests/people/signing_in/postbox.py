"""A mail server that keeps what it is given; it speaks just enough SMTP (RFC 5321)."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread


class Talk(StreamRequestHandler):
    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline():
            match line[:4].upper():
                case b"DATA":
                    self.say("354 go on")
                    self.server.letters.append(self.letter())  # type: ignore[attr-defined]  # set below
                    self.say("250 kept")
                case b"QUIT":
                    self.say("221 bye")
                    break
                case _:
                    self.say("250 well")

    def letter(self) -> EmailMessage:
        lines = iter(self.rfile.readline, b".\r\n")
        return message_from_bytes(b"".join(lines), policy=policy.default)

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def open_postbox() -> Iterator[tuple[str, list[EmailMessage]]]:
    """Yield the server's address and the letters it holds."""
    with ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        letters: list[EmailMessage] = []
        server.letters = letters  # type: ignore[attr-defined]  # where Talk finds them
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}", letters
        server.shutdown()
