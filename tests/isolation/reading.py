"""Everything an answer, a letter or a stored value says, in lower case: out of a PDF, a workbook or a signed cookie too."""

import base64
import binascii
import io
import re
import zipfile
import zlib
from collections.abc import Container
from email.message import EmailMessage
from typing import Any

import pypdfium2
from werkzeug.test import TestResponse

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TOKEN = re.compile(r"(?<=/)[\w-]{43}\b")
CSRF = re.compile(r"""(name="csrf_token"[^>]*value=|csrf[^>]*content=|csrf[^"]{0,30}&#34;: ?)("|&#34;)[\w.\-]+""", re.IGNORECASE)
BROKEN = re.compile(r"[\s\u00ad\ufffe]+")
MAIN = re.compile(r"<main\b.*</main>", re.DOTALL)
PER_ANSWER = {"X-Request-ID", "Set-Cookie", "Content-Length", "Date", "ETag"}  # they differ from one answer to the next


def words_of(answer: TestResponse) -> str:
    """Return all that an answer says: status, headers, what its cookies carry, and the body."""
    cookies = "\n".join(_cookie(each) for each in answer.headers.getlist("Set-Cookie"))
    return f"{answer.headers}\n{cookies}\n{opened(answer.data)}".lower()


def main_of(answer: TestResponse) -> str:
    """Return what a page says between its frame, or all that a file says."""
    return part_of(opened(answer.data).lower())


def part_of(html: str) -> str:
    """Return what stands between a page's frame; all of it where there is no frame."""
    found = MAIN.search(html)
    return found[0] if found else html


def opened(body: bytes) -> str:
    """Return the text of a body: of every sheet of a workbook, of every page of a PDF."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    if body.startswith(b"%PDF"):
        with pypdfium2.PdfDocument(body) as document:
            text = "\n".join(page.get_textpage().get_text_range() for page in document)
        turned = " ".join("-".join(word.split("-")[::-1]) for word in text.split())
        return f"{text}\n{turned}\n{BROKEN.sub('', text)}"  # from right to left words come turned, or broken over lines
    encoding = "utf-16" if body[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
    return body.decode(encoding, "replace")


def alike(answer: TestResponse, asked: str, known: Container[str]) -> tuple[Any, ...]:
    """Return an answer without what differs by design: the ids that were asked for, ids made for it, tokens and sizes."""
    body = answer.get_data(as_text=True)
    headers = [line for line in answer.headers if line[0] not in PER_ANSWER]
    whole = f"{headers}\n{CSRF.sub('', body)}"
    for part in {*TOKEN.findall(asked), *UUID.findall(asked.lower())}:
        whole = whole.replace(part, "ID")
    whole = UUID.sub(lambda found: found[0] if found[0] in known else "NEW", whole)
    return answer.status_code, sorted(each.partition("=")[0] for each in answer.headers.getlist("Set-Cookie")), whole


def letter_of(message: EmailMessage) -> str:
    """Return every header and every part of a letter."""
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*(f"{name}: {value}" for name, value in message.items()), *parts]).lower()


def _cookie(header: str) -> str:
    """Open the payload of a signed cookie."""
    payload = header.partition("=")[2].partition(";")[0]
    packed, payload = payload.startswith("."), payload.lstrip(".").partition(".")[0]
    try:
        raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        return (zlib.decompress(raw) if packed else raw).decode("utf-8", "replace")
    except (binascii.Error, ValueError, zlib.error):
        return payload
