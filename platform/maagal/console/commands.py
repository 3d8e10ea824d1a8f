"""Commands about operators: inviting one, listing them, taking one away. They use the provisioner's login."""

from uuid import UUID

import click
import psycopg

from maagal import authenticator, clock, provisioning
from maagal.addresses import console_addresses
from maagal.config import settings
from maagal.console import door, vault
from maagal.ids import new_id

INVITE = """
insert into control.operators (id, email, totp, link_hash, link_until, made_at)
values (%(id)s, %(email)s, %(totp)s, %(hash)s, %(until)s, %(now)s)
"""
AGAIN = """
update control.operators set password = null, totp = %(totp)s, totp_step = null, enrolled_at = null, link_hash = %(hash)s,
  link_until = %(until)s, failures = 0, barred_until = null, ended_at = null, is_demo = false where id = %(id)s
"""
RECORD = "insert into control.operations (at, operator_id, what) values (%s, %s, %s)"
END_SESSIONS = "update control.operator_sessions set ended_at = %s where operator_id = %s and ended_at is null"


@click.group()
def operator() -> None:
    """Invite, list and remove operators of the platform."""


@operator.command()
@click.argument("email")
def add(email: str) -> None:
    """Invite an operator, or one who lost password or phone once more, and print the link for it: good once, for a day."""
    address, token = email.strip().lower(), door.new_token()
    with provisioning.connect(settings()) as connection, connection.transaction():
        known = _id_of(connection, address)
        operator_id = known or new_id()
        fresh = {"id": operator_id, "email": address, "totp": vault.seal(authenticator.new_secret(), operator_id)}
        now = clock.now()
        fresh |= {"hash": door.link_hash(token), "until": now + door.LINK_LASTS, "now": now}
        connection.execute(AGAIN if known else INVITE, fresh)
        connection.execute(END_SESSIONS, [now, operator_id])
        connection.execute(RECORD, [now, operator_id, "invited"])
    for where in console_addresses():
        click.echo(f"{where}enrol/{token}")


@operator.command("list")
def list_operators() -> None:
    """List operators: address, and whether they are enrolled, invited or gone."""
    query = "select email, enrolled_at, ended_at, is_demo from control.operators order by email"
    with provisioning.connect(settings()) as connection:
        for email, enrolled_at, ended_at, is_demo in connection.execute(query).fetchall():
            state = "gone" if ended_at else "demonstration" if is_demo else "enrolled" if enrolled_at else "invited"
            click.echo(f"{email}\t{state}")


@operator.command()
@click.argument("email")
def remove(email: str) -> None:
    """Take an operator away: every session ends at once."""
    now = clock.now()
    with provisioning.connect(settings()) as connection, connection.transaction():
        operator_id = _id_of(connection, email.strip().lower())
        if operator_id is None:
            message = f"there is no operator {email!r}"
            raise click.ClickException(message)
        connection.execute("update control.operators set ended_at = %s, link_hash = null where id = %s", [now, operator_id])
        connection.execute(END_SESSIONS, [now, operator_id])
        connection.execute(RECORD, [now, operator_id, "removed"])


def _id_of(connection: psycopg.Connection, email: str) -> UUID | None:
    row = connection.execute("select id from control.operators where email = %s", [email]).fetchone()
    return row[0] if row else None
