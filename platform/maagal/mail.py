"""Mail: one connection for many letters, each in two shapes, plain and HTML, readable from right to left.

What goes wrong is told as a code alone: an address or a provider's sentence never reaches a log or a row.
"""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from css_inline import CSSInliner
from flask import current_app, has_request_context, request, url_for
from jinja2 import Environment
from markupsafe import Markup

from maagal import clock, register, tenancy, text
from maagal.config import settings

CONNECT, ANSWER = 4.0, 7.0  # seconds; together they leave a task time to end before its limit
SEVEN_BITS = SMTP.clone(cte_type="7bit")  # each part in quoted-printable or base64, whichever is shorter


class MailTrouble(Exception):
    """A letter or the connection was refused: `code` is safe to log; `is_final` says that trying again is no use."""

    def __init__(self, code: str, *, is_final: bool = False, is_cut: bool = False) -> None:
        """Keep the code; `is_cut` says that the connection is gone."""
        super().__init__(code)
        self.code, self.is_final, self.is_cut = code, is_final, is_cut


@dataclass(frozen=True)
class Line:
    """An open connection to the mail server."""

    server: smtplib.SMTP

    def send(self, to: str, subject: str, plain: str, html: str, *, sender_name: str, message_id: str) -> None:
        """Hand one letter over; return when the server has accepted it. Raises MailTrouble."""
        built = build(to, subject, plain, html, sender_name=sender_name, message_id=message_id)
        try:
            self.server.sendmail(built["From"].addresses[0].addr_spec, [to], built.as_bytes())
        except (smtplib.SMTPException, OSError) as why:
            raise _trouble(why, self.server) from None  # its text names the address


@contextmanager
def connect() -> Iterator[Line]:
    """Open one connection for a batch. Raises MailTrouble where nobody answers."""
    try:
        server = _dial(urlsplit(settings().mail_url))
    except (smtplib.SMTPException, OSError) as why:
        code = f"mail_unreachable_{type(why).__name__}"
        raise MailTrouble(code, is_cut=True) from None
    try:
        yield Line(server)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()


def build(to: str, subject: str, plain: str, html: str, *, sender_name: str, message_id: str) -> EmailMessage:
    """Make the letter. `message_id` is `name@host` and its host is the sender's; raises MailTrouble for a bad address."""
    message = EmailMessage(SEVEN_BITS)
    try:
        to.encode("ascii")
        message["To"] = Address(addr_spec=to)
        message["From"] = Address(sender_name, "no-reply", message_id.partition("@")[2])
    except (ValueError, IndexError, AttributeError):  # the standard library stumbles in several ways over an address
        code = "bad_address"
        raise MailTrouble(code, is_final=True) from None
    message["Subject"] = " ".join(subject.split())
    message["Message-ID"] = f"<{message_id}>"
    message["Date"] = format_datetime(clock.now())
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(plain)
    message.add_alternative(html, subtype="html")
    return message


def link(endpoint: str, **ids: Any) -> str:
    """Return the address of a page: for a reader of pages as usual, in a letter the whole of it."""
    return url_for(endpoint, **ids) if has_request_context() else whole_link(endpoint, **ids)


def whole_link(endpoint: str, **ids: Any) -> str:
    """Return the whole address of a page, to be copied or sent: from what is stored of the tenant, never from the request.

    Only where a path names the tenant (this machine alone) is it the request's, or nobody could follow it there.
    """
    if has_request_context() and tenancy.SLUG_KEY in request.environ:
        return url_for(endpoint, _external=True, **ids)
    scheme, _, host = register.address(tenancy.current()).partition("://")
    return current_app.url_map.bind(host, url_scheme=scheme).build(endpoint, ids, force_external=True)


def inlined(html: str) -> str:
    """Write the rules of a <style> onto the elements: mail programs drop style sheets."""
    return _inliner().inline(html)


@cache
def plain_text(env: Environment) -> Environment:
    """Return the same templates for plain text: nothing escaped, and filters that isolate rather than mark up."""
    plain = env.overlay(autoescape=False)
    plain.filters = env.filters | {"bdi": text.isolate, "phone": text.isolate}
    for made in (text.day, text.weekday, text.moment, text.hour, text.ago):
        plain.filters[made.__name__] = _without_markup(made)
    return plain


def _without_markup(made: Callable[[Any], Markup]) -> Callable[[Any], str]:
    return lambda value: made(value).striptags()


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(load_remote_stylesheets=False)


def _dial(url: SplitResult) -> smtplib.SMTP:
    """Connect, encrypt where the server can, sign in where the address says how."""
    dial = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    server = dial(url.hostname or "", url.port or 0, timeout=CONNECT)
    try:
        if server.sock is not None:
            server.sock.settimeout(ANSWER)
        server.ehlo()
        if url.scheme != "smtps" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _trouble(why: Exception, server: smtplib.SMTP) -> MailTrouble:
    """Tell a refusal of this letter that is final (5xx) from one that may pass; refusing the sender is our own fault."""
    replies = why.recipients.values() if isinstance(why, smtplib.SMTPRecipientsRefused) else [(_reply(why),)]
    code = next((reply[0] for reply in replies), 0)
    is_final = 500 <= code < 600 and not isinstance(why, smtplib.SMTPSenderRefused)
    is_cut = server.sock is None or not code  # whoever gave no answer is not asked again on this connection
    return MailTrouble(f"mail_{code or type(why).__name__}", is_final=is_final, is_cut=is_cut)


def _reply(why: Exception) -> int:
    return why.smtp_code if isinstance(why, smtplib.SMTPResponseException) else 0
