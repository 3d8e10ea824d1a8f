"""What the tests of the door share: forms posted as a browser does, letters read as a person does."""

import re
from collections.abc import Callable
from email.message import EmailMessage

from werkzeug.test import TestResponse

from tests.circle import Browser

Browse = Callable[..., Browser]
Post = Callable[[], list[EmailMessage]]


def post_form(client: Browser, path: str, *, token_from: str = "", **values: str) -> TestResponse:
    return client.post(path, data=values | {"csrf_token": csrf(client, token_from or path)})


def csrf(client: Browser, path: str) -> str:
    return found(r'name="csrf_token"[^>]* value="([^"]+)"', client.get(path).text)


def code_in(letter: EmailMessage) -> str:
    return found(r"(?m)^(\d{6})\s*$", plain(letter))


def path_in(letter: EmailMessage) -> str:
    return found(r"http://oak\.localhost:8000(/sign-in/\S{43})", plain(letter))


def plain(letter: EmailMessage) -> str:
    return str(letter.get_body(("plain",)).get_content())  # type: ignore[union-attr]  # a letter of ours has one


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, f"{pattern} is not in {text}"
    return match[1]
