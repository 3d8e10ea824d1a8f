"""Somebody of an organisation lost their second step where too few may confirm: an operator calls, and says so here.

What is known is a role, a number to be read out on the phone, and moments. The organisation's own worker hears of it.
"""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from maagal import clock
from maagal.console.journal import record
from maagal.console.models import LostStep, Operator, OperatorsVoice
from maagal.db import db
from maagal.register import TenantRow

OPEN_STATES = ("asked", "agreed")


class Waiting(NamedTuple):
    """A lost step, and the organisation it is of."""

    step: LostStep
    tenant_id: UUID
    slug: str
    name: str

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.step.state in OPEN_STATES and self.step.expires_at > clock.now()


def waiting() -> list[Waiting]:
    """Return what is open, the oldest first."""
    living = (LostStep.state.in_(OPEN_STATES), LostStep.expires_at > clock.now())
    return [Waiting(*row) for row in db.session.execute(_known().where(*living).order_by(LostStep.asked_at))]


def number_waiting() -> int:
    """Count those that still need an operator."""
    voices = select(func.count()).where(OperatorsVoice.renewal_id == LostStep.id).scalar_subquery()
    needed = (LostStep.state == "asked", LostStep.expires_at > clock.now(), voices < LostStep.operators)
    return db.session.scalar(select(func.count()).select_from(LostStep).where(*needed)) or 0


def by_id(step_id: UUID) -> Waiting | None:
    """Return one, over or not."""
    row = db.session.execute(_known().where(LostStep.id == step_id)).first()
    return Waiting(*row) if row else None


def voices(step_id: UUID) -> list[Any]:
    """Return (address, how or None, at, heard_at, operator_id) of what operators said."""
    columns = (Operator.email, OperatorsVoice.how, OperatorsVoice.at, OperatorsVoice.heard_at, OperatorsVoice.operator_id)
    said = select(*columns).join(Operator, Operator.id == OperatorsVoice.operator_id)
    return list(db.session.execute(said.where(OperatorsVoice.renewal_id == step_id).order_by(OperatorsVoice.at)).all())


def speak(known: Waiting, operator_id: UUID, how: str | None) -> bool:
    """Say how one made sure, or None: refuse. Once for each operator; False where one has spoken, or it is over."""
    if not known.is_open:
        return False
    values = {"renewal_id": known.step.id, "operator_id": operator_id, "tenant_id": known.tenant_id, "how": how}
    once = upsert(OperatorsVoice).values(values).on_conflict_do_nothing(index_elements=["renewal_id", "operator_id"])
    if db.session.scalar(once.returning(OperatorsVoice.renewal_id)) is None:
        return False
    record(operator_id, "refused_step" if how is None else "confirmed_step", known.slug, reference=known.step.reference)
    return True


def _known() -> Any:
    named = select(LostStep, TenantRow.id, TenantRow.slug, TenantRow.name)
    return named.join(TenantRow, TenantRow.id == LostStep.tenant_id)
