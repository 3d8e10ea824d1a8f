"""A form of which something is missing, empty or absurd is refused or kept; it never breaks."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from maagal.limits import limiter
from tests.circle import Browser, Circle, token
from tests.people.importing.conftest import check, import_id, upload
from tests.people.roster.sheets import ADA, BO, HEBREW, as_text

Browse = Callable[..., Browser]
STRANGE = ("", "   ", "9" * 5_000, "9" * 5_000 + ":00", "٩٩", "9999-12-31", "\u202e")


@pytest.fixture(autouse=True)
def _fresh_limits(house: object) -> None:
    limiter.reset()


def asked_on(client: Browser, page: str) -> list[str]:
    """Return the names of the fields on a page."""
    text = client.get(page).text
    found = re.findall(r'<(?:input|select|textarea)[^>]*name="([^"]+)"', text[text.index("<main") :])
    return sorted(set(found) - {"csrf_token"})


def attempts(names: list[str]) -> Iterator[dict[str, Any]]:
    """Yield nothing at all, then everything strange, then one field alone after the other."""
    yield {}
    yield from (dict.fromkeys(names, strange) for strange in STRANGE)
    yield from ({name: strange} for name in names for strange in ("x", STRANGE[2]))


def broken(client: Browser, page: str, address: str = "") -> list[dict[str, Any]]:
    said, names = {"csrf_token": token(client)}, asked_on(client, page)
    assert names
    return [each for each in attempts(names) if client.post(address or page, data=said | each).status_code >= 500]


@pytest.mark.parametrize("page", ["/people/{}/edit", "/people/{}/answers", "/people/{}/notes", "/me", "/me/answers"])
def test_forms_about_a_person(page: str, circle: Circle, browse: Browse) -> None:
    assert broken(browse(circle.dana), page.format(circle.miri)) == []


def test_forms_of_communities_and_the_organisation(circle: Circle, ella: UUID, browse: Browse) -> None:
    client = browse(ella)
    assert broken(client, "/communities/new") == []
    assert broken(client, "/organisation/accessibility") == []
    place = f"/communities/{circle.community}"
    assert broken(client, place, f"{place}/people") == []


def test_forms_of_an_import(circle: Circle, browse: Browse) -> None:
    client, sheet = browse(circle.dana), as_text([HEBREW, ADA, BO, (*ADA[:4], *BO[4:])]).encode()
    columns = f"/import/{import_id(upload(client, circle.community, sheet))}/columns"
    assert broken(client, "/import") == []
    assert broken(client, columns) == []
    address = check(client, circle.community, sheet)
    assert broken(client, address, f"{address}/commit") == []


def test_forms_at_the_door(circle: Circle, browse: Browse) -> None:
    client = browse()
    assert broken(client, "/sign-in") == []
    assert broken(client, "/sign-in/code") == []


def test_a_community_needs_a_name_and_no_town(circle: Circle, ella: UUID, browse: Browse) -> None:
    client = browse(ella)
    asked = {"kind": "paired", "participant": "10", "mentor": "10", "advisor": "2", "coordinator": "2"}
    asked |= {"csrf_token": token(client)}
    assert client.post("/communities/new", data=asked | {"name": "   "}).status_code == 422
    assert client.post("/communities/new", data=asked | {"name": "מעגל חדש"}).status_code == 303


@pytest.mark.parametrize("number", ["99999999999999999999", "0", "-5", "9" * 5_000, "x"])
def test_a_page_beyond_the_last_is_empty_and_not_broken(number: str, circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    assert client.get(f"/people?page={number}").status_code == 200
    assert client.get(f"/requests?page={number}").status_code == 200
