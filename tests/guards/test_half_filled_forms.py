"""A form that comes in half-filled, blank or with nonsense is refused or done, and never breaks: no answer is a 500."""

from itertools import chain

import pytest

from tests.circle import token
from tests.guards.world import INSIDERS, views

ROOMS = ("intake", "pairing", "matching", "rounds", "offers", "communities")
NONSENSE = {
    "nothing": None,
    "blank": "   ",
    "wrong": "x" * 400,
    "a number beyond all": "9" * 30,
    "somebody unknown": "01a00000-0000-7000-8000-000000000000",
}
FIELDS = (
    "version", "note", "risk", "community", "reason", "first_name", "last_name", "gender", "phone", "email", "safe_channel",
    "safe_hours", "may_leave_message", "neutral_sender", "urgency", "life_areas", "words", "languages", "other_language",
    "locality", "mode", "gender_preference", "age_preference", "birth_year", "free_hours", "wanted_experience",
    "unwanted_experience", "draft_id", "draft", "then", "summary", "approved", "send", "participant", "mentor", "lasting",
    "code", "initiator", "close_reason", "side", "answer", "how", "shares", "name", "kind", "advisor", "coordinator", "address",
    "role", "since",
)  # fmt: skip
PREFIXES = ("take", "begin", "withdrawn", "risk", "referred_out", "declined", "accepted", "waitlisted")


def every_field(text, version=None):
    names = (*FIELDS, *(f"{prefix}-{name}" for prefix in PREFIXES for name in ("version", "note", "risk", "community", "reason")))
    told = {} if text is None else dict.fromkeys(names, text)
    if version:  # past the question whether the page was stale
        told |= {name: version for name in names if name.endswith("version")}
    return told


@pytest.mark.parametrize("version", [None, "1"])
@pytest.mark.parametrize("kind", NONSENSE)
def test_no_form_breaks(house, homes, enter, kind, version):
    pine, broken = homes["pine"], []
    routes = [each for each in views(house, "POST") if each.endpoint.partition(".")[0] in ROOMS]
    assert len(routes) > 25
    for name in chain.from_iterable(INSIDERS[role][:1] for role in ("coordinator", "mentor")):
        client = enter(pine, name)
        told = every_field(NONSENSE[kind], version) | {"csrf_token": token(client)}
        for route in routes:
            for address in pine.addresses(route):
                answer = client.post(address, data=told)
                if answer.status_code >= 500:
                    broken.append(f"{name}: {route.endpoint} {answer.status_code}")
    assert broken == []
