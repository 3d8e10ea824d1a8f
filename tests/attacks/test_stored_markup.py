"""Markup, templates and bidi controls in every field there is: every page of everybody shows them and obeys none."""

import json

import pytest
from bs4 import BeautifulSoup
from bs4.element import Tag

from tests.attacks.words import PLANTED, RESULT
from tests.guards.world import IDLE, INSIDERS, views
from tests.isolation.addresses import build
from tests.isolation.asking import enter
from tests.isolation.cage import Cage

HTMX = {"HX-Request": "true"}
ONE_OF_EACH = (*(names[0] for names in INSIDERS.values()), None)
ADDRESSES = ("href", "src", "action", "formaction", "hx-get", "hx-post", "poster", "cite")


def pages(house, cage: Cage, client):
    """Yield (address, answer) of every page, whole and as the fragment that htmx asks for."""
    for route in views(house, "GET"):
        for address in addresses(cage, route):
            for headers in ({}, HTMX):
                yield address, client.get(address, headers=headers)
            client._cookies = dict(client.kept)


def addresses(cage: Cage, route):
    """Yield the route with the ids that the world names for it, and with the first row of each table it may mean."""
    names = sorted(route.arguments)
    yield from dict.fromkeys(build(route, {name: cage.values(route, name, 3)[at % len(cage.values(route, name, 3))]
                                           for name in names}) for at in range(3 if names else 1))  # fmt: skip


def obeyed(html: str) -> list[str]:
    """Return what of the markup became an element, an attribute, an address with a script or the result of a template."""
    soup = BeautifulSoup(html, "html.parser")
    wrong = [str(each)[:200] for each in soup.find_all(lambda tag: any(PLANTED in name for name in tag.attrs))]
    wrong += [str(each)[:200] for each in soup.find_all(runs)]
    return wrong + ([f"{RESULT} was worked out"] if RESULT in soup.get_text() else [])


def runs(tag: Tag) -> bool:
    """Whether an element of a page runs a script of its own, or leads to one."""
    inline = tag.name == "script" and not tag.get("src") and tag.get("type") not in {"application/json", "importmap"}
    leads = any(str(tag.get(name, "")).strip().lower().startswith(("javascript:", "data:text")) for name in ADDRESSES)
    return inline or leads or any(name.startswith("on") for name in tag.attrs)


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_no_page_obeys_what_somebody_wrote(house, marked_up, name):
    client, wrong, shown = enter(house, marked_up, name, "10.1.0.1"), [], 0
    for address, answer in pages(house, marked_up, client):
        if answer.status_code >= 500 and not any(each.split(".")[-1] in address for each in IDLE):
            wrong.append(f"{address}: {answer.status_code}")
        if answer.mimetype == "text/html":
            shown += "&lt;script" in answer.text
            wrong += [f"{address}: {each}" for each in obeyed(answer.text)]
        if answer.mimetype == "application/json":
            json.loads(answer.text)
    assert wrong == []
    assert shown > (3 if name else 0), "a crawl of pages that show nothing of it would prove nothing"


def test_what_is_obeyed_would_be_noticed():
    assert obeyed(f"<p>a<b {PLANTED}>b</b></p>")
    assert obeyed("<a href=' JavaScript:alert(1)'>a</a>")
    assert obeyed("<p onclick=x></p>")
    assert obeyed(f"<p>{RESULT}</p>")
    assert obeyed("<p title='&lt;script planted&gt;'>&lt;script planted&gt;</p>") == []
