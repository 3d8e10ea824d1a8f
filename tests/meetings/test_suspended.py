"""A suspended organisation's links stop at the next request, and go on where they were once it is resumed."""

from datetime import timedelta
from typing import Any

import pytest

from maagal import provisioning, wishes
from maagal.config import Settings
from maagal.db import commit, db
from tenants.meetings.actions import links
from tests.circle import token as csrf
from tests.meetings.conftest import FIRST, Two


@pytest.fixture
def link(two: Two, now: Any) -> str:
    """The path of Pnina's link, the meeting being over."""
    now.move_to(FIRST + timedelta(hours=2))
    made = links.mint(two.meeting, two.circle.pnina)
    commit()
    return f"/how-was-it/{made}"


def change(what: str) -> None:
    db.session.remove()
    with provisioning.connect(Settings()) as connection:
        wishes.fulfil(connection, what, "oak")


def test_a_one_tap_link_stops_for_those_who_hold_it_open_too(link: str, browse: Any) -> None:
    visitor, late = browse(), browse()
    held_open = csrf(visitor, link)
    change("suspend")
    try:
        assert late.get(link).status_code == 503
        told = {"held": "yes", "minutes": "40", "csrf_token": held_open}
        assert visitor.post(link, data=told).status_code == 503
    finally:
        change("resume")
    assert visitor.post(link, data=told).status_code == 200


@pytest.mark.parametrize("path", ["/", "/today", "/sign-in", "/help", "/statement", "/privacy", "/demo", "/accessibility"])
def test_every_page_stops_for_whoever_is_signed_in_and_whoever_is_not(two: Two, browse: Any, path: str) -> None:
    clients = browse(two.circle.dana), browse()
    change("suspend")
    try:
        assert [client.get(path).status_code for client in clients] == [503, 503]
    finally:
        change("resume")
    assert {client.get(path).status_code for client in clients} <= {200, 303}
