"""How far the invitation of a first administrator is: the row that operators see; a state, and the address until then."""

from maagal import control, tenancy

WISHED = "select email, locale from control.invitations where tenant_id = %s and state <> 'used' and email is not null"
NOTE = """
update control.invitations set state = %s, reason = %s, email = case when %s then email end, changed_at = now()
where tenant_id = %s and state <> 'used'
"""


def wished() -> tuple[str, str] | None:
    """Return the address and the language of whoever is to be invited; None when nobody is, or somebody has come."""
    found = control.run(WISHED, [tenancy.current().id])
    return (found[0][0], found[0][1]) if found else None


def note(state: str, reason: str | None = None, *, keep_address: bool = False) -> None:
    """Note how far it is; the address is forgotten as soon as the person is made."""
    control.run(NOTE, [state, reason, keep_address, tenancy.current().id])
