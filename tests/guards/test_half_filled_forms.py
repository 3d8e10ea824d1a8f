"""A form that comes in half-filled, blank or with nonsense is refused or done, and never breaks: no answer is a 500."""

from itertools import chain

import pytest
from flask_wtf import FlaskForm
from wtforms.fields.core import UnboundField

from tests.circle import token
from tests.guards.world import INSIDERS, views

CHANGES_WHO_ASKS = ("sign_in", "demo")  # tests/people/pages/test_strange_posts.py knocks at the door
NONSENSE = {
    "nothing": None,
    "blank": "   ",
    "wrong": "x" * 400,
    "a number beyond all": "9" * 30,
    "somebody unknown": "01a00000-0000-7000-8000-000000000000",
}
BESIDES_FORMS = {
    "draft", "then", "summary", "send", "participant", "mentor", "lasting", "side", "how", "shares", "seen", "next", "locale",
}  # fmt: skip
PREFIXES = ("take", "begin", "withdrawn", "risk", "referred_out", "declined", "accepted", "waitlisted")


def asked_for(kind=FlaskForm):
    """Return the names of the fields of every form that there is."""
    own = {name for name in dir(kind) if isinstance(getattr(kind, name), UnboundField)}
    return own.union(*map(asked_for, kind.__subclasses__()))


def every_field(text, version=None):
    fields = asked_for() | BESIDES_FORMS
    names = (*fields, *(f"{prefix}-{name}" for prefix in PREFIXES for name in ("version", "note", "risk", "community", "reason")))
    told = {} if text is None else dict.fromkeys(names, text)
    if version:  # past the question whether the page was stale
        told |= {name: version for name in names if name.endswith("version")}
    return told


@pytest.mark.parametrize("version", [None, "1"])
@pytest.mark.parametrize("kind", NONSENSE)
def test_no_form_breaks(house, homes, enter, kind, version):
    pine, broken = homes["pine"], []
    routes = [each for each in views(house, "POST") if each.endpoint.partition(".")[0] not in CHANGES_WHO_ASKS]
    assert len(routes) > 60
    assert len(asked_for()) > 60
    for name in chain.from_iterable(INSIDERS[role][:1] for role in ("coordinator", "mentor", "administrator")):
        client = enter(pine, name)
        told = every_field(NONSENSE[kind], version) | {"csrf_token": token(client)}
        for route in routes:
            for address in pine.addresses(route):
                answer = client.post(address, data=told)
                if answer.status_code >= 500:
                    broken.append(f"{name}: {route.endpoint} {answer.status_code}")
    assert broken == []
