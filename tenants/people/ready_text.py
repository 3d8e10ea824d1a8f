"""A ready text for somebody's phone: by which ways it may go out, and the digits it goes to."""

from typing import NamedTuple

from tenants.people.models import Person

WAYS = ("whatsapp", "sms")


class Sending(NamedTuple):
    """What components/ready_text.html offers: the phone's digits (empty: none is known) and the ways that are safe."""

    number: str
    ways: tuple[str, ...]


def sending_to(person: Person) -> Sending:
    """Return how a ready text may reach somebody: whoever named a safe way is written to by that way alone.

    Where the phone rings and a message may be left, a text is as safe as a message (DOMAIN, safe contact).
    """
    anywhere = person.safe_channel is None or (person.safe_channel == "phone" and person.may_leave_message)
    number = "".join(letter for letter in person.phone or "" if letter.isdigit())
    return Sending(number, tuple(way for way in WAYS if anywhere or way == person.safe_channel))
