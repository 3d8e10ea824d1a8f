"""Sending mail: read everything, end the transaction, send over one connection, tell of each as it is accepted."""

import time
from collections.abc import Iterator, Sequence
from uuid import UUID

from maagal import mail, register, tenancy
from maagal.db import db
from maagal.handling import ENOUGH, Claimed, Hopeless, Needless
from maagal.logs import describe, log
from tenants.notifications import notices, queries
from tenants.notifications.notices import Letter

Outcome = tuple[Claimed, str | None]


def deliver_mail(batch: Sequence[Claimed]) -> Iterator[Outcome]:
    """Bring notices out by mail; yields each row with its trouble as soon as that is known.

    Rows that it says nothing of had no time or lost the connection: they are handed out again.
    """
    enough_at = time.monotonic() + ENOUGH
    written = _write(batch)
    db.session.rollback()  # nothing is open while the provider is talked to
    yield from ((row, why) for row, why in written if not isinstance(why, Letter))
    letters = [(row, letter) for row, letter in written if isinstance(letter, Letter)]
    if letters:
        yield from _send(letters, enough_at)


def _write(batch: Sequence[Claimed]) -> list[tuple[Claimed, Letter | str]]:
    """Find each row's letter, or the reason why there is none."""
    found = queries.told([UUID(row.body["notice"]) for row in batch])
    return [(row, _letter(row, found.get(UUID(row.body["notice"])))) for row in batch]


def _letter(row: Claimed, told: queries.Told | None) -> Letter | str:
    if told is None:
        return Needless("erased")
    if why := notices.who(told.person) or notices.whether(told):
        return Needless(why)
    try:
        if why := notices.still(told.notice):
            return Needless(why)
        return notices.what(told.notice, told.person)
    except Exception as error:  # noqa: BLE001  one template or its context fails; the others' mails must not wait for it
        log.error("mail_not_written", kind=told.notice.kind, outbox=str(row.id), error=describe(error))
        return f"not_written_{type(error).__name__}"


def _send(letters: Sequence[tuple[Claimed, Letter]], enough_at: float) -> Iterator[Outcome]:
    try:
        with mail.connect() as line:
            for row, letter in letters:
                if time.monotonic() > enough_at:
                    return
                trouble = _hand_over(line, row, letter)
                yield row, _outcome(trouble)
                if trouble and trouble.is_cut:
                    return
    except mail.MailTrouble as nobody:
        yield from ((row, nobody.code) for row, _letter in letters)


def _hand_over(line: mail.Line, row: Claimed, letter: Letter) -> mail.MailTrouble | None:
    """Send one letter, always under the same Message-ID; return what the server refused."""
    tenant = tenancy.current()
    message_id = f"{row.id}@{register.host(tenant)}"
    parts = (letter.to, letter.subject, letter.plain, letter.html)
    try:
        line.send(*parts, sender_name=tenant.name, message_id=message_id)
    except mail.MailTrouble as trouble:
        return trouble
    return None


def _outcome(trouble: mail.MailTrouble | None) -> str | None:
    if trouble is None:
        return None
    return Hopeless(trouble.code) if trouble.is_final else trouble.code
