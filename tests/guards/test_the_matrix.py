"""Who may what, asked of every endpoint: generated from the matrix and the map of addresses, so new ones are covered."""

import re

import pytest

from maagal.permissions import ROLES, VISITOR, OpenRule, matrix
from tests.circle import token
from tests.guards.world import IDLE, INSIDERS, STRANGERS, absent, views
from tests.isolation.reading import words_of

METHODS = ("GET", "POST")
SEEN = {200, 303}
NO_ADDRESS_YET = {
    "private_note": "read on the pages of meetings, which ask the rule for each note",
    "staff_file": "the import of sheets asks it for a sheet of that kind",
    "audit": "who looked at what stands on one's own page and is read as `profile`",
}
NARROWER = {  # (endpoint, role): why the endpoint asks for more than its cell of the matrix
    ("pairing.mine", "coordinator"): "a coordinator has no pair of their own by that role",
    ("meeting_logs.ask", "coordinator"): "only the two of a pair tell of their meeting",
    ("safeguarding.show", "participant"): "nothing is released to participants yet",
} | {("certificates.wanted", role): "the reverse proxy alone is told, and no role is one" for role in (*ROLES, VISITOR)}


@pytest.fixture
def pine(homes):
    return homes["pine"]


def ask(client, method, address):
    if method == "GET":
        return client.get(address)
    if not hasattr(client, "token"):
        client.token = token(client)
    return client.post(address, data={"csrf_token": client.token})


def content(answer, *ids):
    """An answer without what differs by design: the ids asked for, tokens and sizes."""
    text = answer.get_data(as_text=True)
    for each in ids:
        text = text.replace(each, "ID")
    text = re.sub(r'(name="csrf_token"[^>]*value=|csrf[^>]*content=)"[^"]+"', r'\1""', text)
    headers = [line for line in answer.headers if line[0] not in {"Set-Cookie", "Content-Length", "Date", "X-Request-ID"}]
    return answer.status_code, headers, text


def guarded(house, role, *, inside):
    """Every (method, route) that the matrix opens to a role, or does not."""
    for method in METHODS:
        for route in views(house, method):
            if (role in house.view_functions[route.endpoint].needs.roles) == inside:
                yield method, route


def is_about_a_thing(route):
    return any(name.endswith("_id") for name in route.arguments)


def refusals(client, home, asked):
    """Where a forbidden address is not answered 404, or not as one that does not exist."""
    nothing = absent(home.ids)
    for method, route in asked:
        for address in home.addresses(route):
            there = ask(client, method, address)
            if there.status_code != 404:
                yield f"{method} {route.endpoint}: {there.status_code}"
        if is_about_a_thing(route):
            nowhere = next(home.addresses(route, nothing))
            not_there = ask(client, method, nowhere)
            if content(there, *address.split("/")[2:]) != content(not_there, *nowhere.split("/")[2:]):
                yield f"{method} {route.endpoint}: absent and forbidden differ"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_that_the_matrix_does_not_name_finds_nothing(house, pine, enter, role):
    asked = list(guarded(house, role, inside=False))
    assert asked
    for name in (*INSIDERS[role][:1], *STRANGERS.get(role, ())):
        assert list(refusals(enter(pine, name), pine, asked)) == []


@pytest.mark.parametrize("role", STRANGERS)
def test_a_role_alone_opens_nothing_of_another_community(house, pine, enter, role):
    asked = [
        (method, route)
        for method, route in guarded(house, role, inside=True)
        if is_about_a_thing(route) and not isinstance(house.view_functions[route.endpoint].needs, OpenRule)
    ]
    assert asked
    assert list(refusals(enter(pine, STRANGERS[role][0]), pine, asked)) == []


def test_visitors_are_asked_to_sign_in_wherever_they_go(house, pine, enter):
    visitor, wrong = enter(pine, None), []
    for method, route in guarded(house, VISITOR, inside=False):
        for address in [*pine.addresses(route), *pine.addresses(route, absent(pine.ids))]:
            answer = ask(visitor, method, address)
            if answer.status_code != 303 or "/sign-in?next=" not in answer.headers["Location"]:
                wrong.append(f"{method} {route.endpoint}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("role", [*ROLES, VISITOR])
def test_whom_the_matrix_names_sees_their_own(house, pine, enter, role):
    """At least one of a role's people opens at least one of the things; those named in NARROWER open none."""
    clients = [enter(pine, name) for name in INSIDERS.get(role, (None,))]
    routes = [route for method, route in guarded(house, role, inside=True) if method == "GET"]
    shut = {
        route.endpoint
        for route in routes
        if not any(client.get(address).status_code in SEEN for client in clients for address in pine.addresses(route))
    }
    assert shut - IDLE == {endpoint for endpoint, narrower in NARROWER if narrower == role}


def test_an_employers_administration_and_sponsor_find_nobody(house, homes, enter):
    """In a business nobody outside the communities learns who takes part: no page, no search, no count, no menu."""
    mill = homes["mill"]
    shut = ("people.", "communities.", "importing.", "intake.index", "pairing.", "matching.", "meetings.", "dashboard.")
    takers = [f"{mill.mark}-{name}" for name in mill.people if name not in {"nurit", "benny"}]
    for name in ("nurit", "benny"):
        client, told = enter(mill, name), []
        for route in views(house, "GET"):
            for address in mill.addresses(route):
                answer = client.get(address, query_string={"q": mill.mark})
                if route.endpoint.startswith(shut) and route.endpoint not in {"people.home", "people.today"}:
                    assert answer.status_code == 404, route.endpoint
                if route.endpoint.partition(".")[0] != "demo":  # a demonstration on this machine lists whom to try
                    said = words_of(answer)
                    told += [f"{route.endpoint} names {taker}" for taker in takers if taker in said]
        assert told == []
        assert not re.search(r'href="/(people|communities|import|requests|pairs)"', client.get("/today").text)


def test_every_row_of_the_matrix_guards_something_or_says_why_not(house):
    used = {view.needs.row for view in house.view_functions.values()}
    assert matrix().keys() - used == NO_ADDRESS_YET.keys()
