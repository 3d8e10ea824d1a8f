"""What happens by itself: the link goes out after the waiting, operators are told, and what they said is heard."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l

from maagal import clock, mail, outside_voices
from maagal.events import later
from tenants.audit.actions import record
from tenants.people import queries as people
from tenants.people.renewing import actions, queries
from tenants.people.renewing.electing import COORDINATOR
from tenants.people.signing_in import letters

NOTE_HEARD = "people.note_operators_heard"
HOURS = int(actions.LINK_LASTS.total_seconds() // 3600)


def send_link(renewal_id: str) -> None:
    """Make the link and mail it; trying again makes a new one. One that was refused meanwhile gets none. Raises MailTrouble."""
    minted = actions.mint(UUID(renewal_id))
    person = people.by_id(minted[0].person_id) if minted else None
    if minted is None or person is None or person.state != "active" or person.email is None:
        return
    record(None, "sent", "renewal", minted[0].id, person_id=person.id)
    url = mail.link("lost.link", token=minted[1])
    letters.send(person.email, person.locale, "people/new_step", _l("A new second step"), url=url, hours=HOURS)


def tell_operators(renewal_id: str) -> None:
    """Tell operators how far it is: a role, a number to read out, moments. Who it is stays here."""
    renewal = queries.by_id(UUID(renewal_id))
    if renewal is None:
        return
    roles = people.roles_of(renewal.person_id)
    role = COORDINATOR if COORDINATOR in roles else min(roles & {"administrator", "sponsor"}, default=COORDINATOR)
    inside = sum(voice.role != actions.OPERATOR for voice in queries.voices_of(renewal.id))
    told = {"id": renewal.id, "role": role, "reference": renewal.reference, "operators": renewal.operators, "inside": inside}
    told |= {"asked_at": renewal.asked_at, "expires_at": renewal.expires_at, "opens_at": renewal.opens_at}
    outside_voices.tell(state=renewal.state, **told)


def hear(_spoke: outside_voices.OperatorsSpoke) -> None:
    """Take over what operators said; noted as heard once that is committed, so one that is killed hears it again."""
    for renewal_id, operator_id, how in outside_voices.unheard():
        actions.hear_operator(renewal_id, operator_id, how)
        later(NOTE_HEARD, clock.now(), renewal_id=renewal_id, operator_id=operator_id)


def note_heard(renewal_id: str, operator_id: str) -> None:
    """Note that it was heard."""
    outside_voices.heard(UUID(renewal_id), UUID(operator_id))


JOBS: dict[str, Any] = {actions.SEND: send_link, actions.TELL_OPERATORS: tell_operators, NOTE_HEARD: note_heard}
