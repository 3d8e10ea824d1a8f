"""One person's browser: real HTTP to the house, cookies of its own, redirects followed, refusals told in the page's words."""

import http.client
from email.message import Message
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import uuid4

from maagal.tour.page import Form, Page
from maagal.tour.trouble import TourTrouble

REDIRECTS = (301, 302, 303, 307)
LONGEST = 60.0  # seconds for one answer on a busy machine


class Browser:
    """A browser at one tenant's address."""

    def __init__(self, port: int, slug: str) -> None:
        """Open it; it knows nobody."""
        self.port, self.host = port, f"{slug}.localhost:{port}"
        self.cookies: dict[str, str] = {}

    def get(self, address: str, status: int = 200) -> Page:
        """Open a page of the house by path or whole address; raises TourTrouble for another status."""
        return self._expected(self._ask("GET", address), status)

    def send(self, form: Form, status: int = 200, *, pressed: tuple[str, str] | None = None) -> Page:
        """Send a form, with the button that was pressed; follow where it leads."""
        fields = [(name, value) for name, values in form.values.items() for value in values]
        body = urlencode([*fields, pressed] if pressed else fields).encode()
        return self._expected(self._ask("POST", form.action, body, "application/x-www-form-urlencoded"), status)

    def upload(self, form: Form, name: str, filename: str, content: bytes) -> Page:
        """Send a form with a file."""
        mark = uuid4().hex
        parts = [(f'name="{field}"', value.encode()) for field, values in form.values.items() for value in values]
        parts.append((f'name="{name}"; filename="{filename}"\r\nContent-Type: application/octet-stream', content))
        lines = [f"--{mark}\r\nContent-Disposition: form-data; {about}\r\n\r\n".encode() + value for about, value in parts]
        body = b"\r\n".join([*lines, f"--{mark}--\r\n".encode()])
        return self._expected(self._ask("POST", form.action, body, f"multipart/form-data; boundary={mark}"), 200)

    def _expected(self, page: Page, status: int) -> Page:
        if page.status != status:
            message = f"{page.path} answered {page.status}: {page.complaint}"
            raise TourTrouble(message)
        return page

    def _ask(self, method: str, address: str, body: bytes = b"", kind: str = "") -> Page:
        for _turn in range(6):
            parts = urlsplit(urljoin(f"http://{self.host}/", address))
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            status, headers, content = self._exchange(method, path, body, kind)
            if status not in REDIRECTS:
                return Page(path, status, content, dict(headers.items()))
            method, body, address = "GET", b"", urljoin(f"http://{self.host}{path}", headers["Location"])
        message = f"{address} leads in a circle"
        raise TourTrouble(message)

    def _exchange(self, method: str, path: str, body: bytes, kind: str) -> tuple[int, Message, bytes]:
        headers = {"Host": self.host, "Accept-Language": "he"} | ({"Content-Type": kind} if kind else {})
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST)
        try:
            line.request(method, path, body=body or None, headers=headers)
            answer = line.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as why:
            message = f"{method} {path}: {type(why).__name__} {why}"
            raise TourTrouble(message) from None
        finally:
            line.close()
        self._remember(answer.headers)
        return answer.status, answer.headers, content

    def _remember(self, headers: Message) -> None:
        for line in headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                if not morsel.value or morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
