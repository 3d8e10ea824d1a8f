"""The second factor: a code of an authenticator app (TOTP, RFC 6238), each good for one use."""

from uuid import UUID

from sqlalchemy import or_, update

from maagal import authenticator, clock, sealing, tenancy
from maagal.db import db
from maagal.events import publish
from tenants.people.events import SecondStepSet
from tenants.people.models import Account


def prepare(account: Account) -> None:
    """Give an account that has not confirmed one yet a new secret, whoever may have seen the last one."""
    if account.totp_confirmed_at is None:
        account.totp = sealing.seal(authenticator.new_secret(), account.person_id, _place(account.id))
        account.totp_step = None


def secret_of(account: Account) -> str:
    """Return the secret in the clear, to show it or to check a code."""
    return sealing.unseal_or_empty(account.totp, _place(account.id))


def address_of(account: Account, secret: str) -> str:
    """Return the otpauth: address of an account's secret, which an authenticator app reads."""
    tenant = tenancy.current()
    return authenticator.address(secret, account.person.email or tenant.slug, tenant.name)


def confirm(account: Account, code: str) -> bool:
    """Accept a first code, from which on the second factor stands."""
    if not accept(account, code):
        return False
    account.totp_confirmed_at = clock.now()
    publish(SecondStepSet(account.person_id))
    return True


def replace(account: Account, secret: str, step: int) -> None:
    """Put a new secret, whose code of a half-minute was just shown, in the place of one that was lost."""
    account.totp = sealing.seal(secret, account.person_id, _place(account.id))
    account.totp_step, account.totp_confirmed_at = step, clock.now()


def accept(account: Account, code: str) -> bool:
    """Whether a code is right at this moment and was not used before; it is used up by this."""
    step = authenticator.step_of(secret_of(account), code, clock.now())
    if step is None:
        return False
    unused = or_(Account.totp_step.is_(None), Account.totp_step < step)
    once = update(Account).where(Account.id == account.id, unused).values(totp_step=step)
    return bool(db.session.execute(once.returning(Account.id)).first())


def _place(account_id: UUID) -> sealing.Place:
    return sealing.Place("accounts", account_id, "totp")
