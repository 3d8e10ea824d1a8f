"""What operators of the platform said about somebody's lost second step is brought into the tenant by its own worker."""

from dataclasses import dataclass
from uuid import UUID

from maagal import control, register, tenancy

RING = """
update control.renewal_voices v set rung_at = now() from control.tenants t
where t.id = v.tenant_id and t.state = 'open' and v.heard_at is null
  and (v.rung_at is null or v.rung_at < now() - interval '1 minute')
returning v.tenant_id
"""
TELL = """
insert into control.renewals (id, tenant_id, role, reference, state, operators, inside, asked_at, expires_at, opens_at)
values (%(id)s, %(tenant_id)s, %(role)s, %(reference)s, %(state)s, %(operators)s, %(inside)s, %(asked_at)s, %(expires_at)s,
  %(opens_at)s)
on conflict (id) do update set state = excluded.state, inside = excluded.inside, expires_at = excluded.expires_at,
  opens_at = excluded.opens_at
"""
UNHEARD = "select renewal_id, operator_id, how from control.renewal_voices where tenant_id = %s and heard_at is null order by at"
HEARD = "update control.renewal_voices set heard_at = now() where tenant_id = %s and renewal_id = %s and operator_id = %s"


@dataclass(frozen=True)
class OperatorsSpoke:
    """An operator confirmed or refused a renewal of this tenant; what they said waits in the control schema."""

    tenant_id: UUID


def to_ring_for() -> set[tenancy.Tenant]:
    """Return open tenants in which something was not heard yet; each is named again after a minute, until it was."""
    ids: set[UUID] = {row[0] for row in control.run(RING)}
    return {tenant for tenant in map(register.by_id, ids) if tenant is not None}


def tell(**told: object) -> None:
    """Tell operators how far a renewal is that needs them; safe to repeat. By name: the columns of `control.renewals`."""
    control.run(TELL, told | {"tenant_id": tenancy.current().id})


def unheard() -> list[tuple[UUID, UUID, str | None]]:
    """Return (renewal, operator, how they made sure; None: they refuse) of what the current tenant has not heard yet."""
    return [(row[0], row[1], row[2]) for row in control.run(UNHEARD, [tenancy.current().id])]


def heard(renewal_id: UUID, operator_id: UUID) -> None:
    """Note that the current tenant has heard it; called after the commit."""
    control.run(HEARD, [tenancy.current().id, renewal_id, operator_id])
