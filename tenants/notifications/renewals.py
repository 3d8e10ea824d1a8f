"""Who hears that somebody lost their second step: whoever asked, whoever may confirm, and the administration."""

from collections.abc import Iterable
from uuid import UUID

from tenants.notifications.actions import tell
from tenants.people.events import RenewalAgreed, RenewalAsked, RenewalDone, RenewalRefused
from tenants.people.renewing import queries
from tenants.people.renewing.electing import concerned
from tenants.people.renewing.models import Renewal

YOURS, ASKED, MOVED = "people/renewal_yours", "people/renewal_asked", "people/renewal_moved"


def asked(happened: RenewalAsked) -> None:
    """Tell whoever may confirm and may refuse."""
    _tell(happened.renewal_id, ASKED, "asked")


def agreed(happened: RenewalAgreed) -> None:
    """Tell that the waiting has begun."""
    _tell(happened.renewal_id, MOVED, "agreed")


def refused(happened: RenewalRefused) -> None:
    """Tell that it came to nothing."""
    _tell(happened.renewal_id, MOVED, "refused")


def done(happened: RenewalDone) -> None:
    """Tell that the new step stands."""
    _tell(happened.renewal_id, MOVED, "done")


def _tell(renewal_id: UUID, kind: str, state: str) -> None:
    """Tell the others, and whoever asked in words of their own; urgent, because a refusal must come in time."""
    renewal = queries.by_id(renewal_id)
    if renewal is None:
        return
    for person_id, what in ((renewal.person_id, YOURS), *((each, kind) for each in _others(renewal))):
        tell(person_id, what, urgent=True, once=f"{renewal.id}:{state}", renewal_id=renewal.id, state=state)


def _others(renewal: Renewal) -> Iterable[UUID]:
    return sorted(concerned(renewal.person_id))  # one order for everyone: two deliveries cannot deadlock
