"""A browser at a host of the house, over TLS: names lead to this machine, cookies are kept as browsers keep them."""

import re
import socket
import ssl
from contextlib import closing
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode


class HereConnection(HTTPConnection):
    """A connection to a port of this machine, whatever the host is called; over TLS where there is a context."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=60)
        self.context = context

    def connect(self) -> None:
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        self.sock = self.context.wrap_socket(plain, server_hostname=self.host) if self.context else plain


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Message
    cookies: list[str]
    text: str


@dataclass
class Visitor:
    """A browser at one host."""

    host: str
    port: int
    context: ssl.SSLContext | None
    named: int | None = None  # the port that stands in the address, where it is another
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, token_from: str, **headers: str) -> Answer:
        """Send the form of a page with its token."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(token_from).text)
        assert found
        body = urlencode({"csrf_token": found[1]})
        return self._ask("POST", path, body, headers | {"Content-Type": "application/x-www-form-urlencoded"})

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        sent = {"Host": f"{self.host}:{self.named or self.port}"} | headers
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        with closing(HereConnection(self.host, self.port, self.context)) as line:
            line.request(method, path, body, sent)
            return self._read(line.getresponse())

    def _read(self, answer: HTTPResponse) -> Answer:
        cookies = answer.headers.get_all("Set-Cookie", [])
        for line in cookies:
            for name, morsel in SimpleCookie(line).items():
                if name.startswith("__Host-"):
                    assert (morsel["path"], morsel["domain"], morsel["secure"]) == ("/", "", True), "a browser would drop it"
                self.cookies[name] = morsel.value
        return Answer(answer.status, answer.headers, cookies, answer.read().decode("utf-8", "replace"))
