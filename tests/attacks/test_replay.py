"""Links and cookies that were meant for somebody else, for another house or for another time open nothing."""

import pytest

from tests.circle import token
from tests.guards.world import views
from tests.isolation.addresses import NO_TOKEN, build
from tests.isolation.asking import enter
from tests.isolation.reading import alike

SECRETS = ("token",)


def routes(house, method):
    """Return the routes whose address holds a secret."""
    return [route for route in views(house, method) if set(SECRETS) & route.arguments]


def asked(cage, route, secret, elsewhere):
    """Return the address of a route with a secret of another house, and else what lies in ours."""
    held = {name: secret or elsewhere.values(route, name, 1)[0] for name in route.arguments & set(SECRETS)}
    return build(route, {name: cage.values(route, name, 1)[0] for name in route.arguments} | held)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", [None, "dana", "miri"])
def test_a_secret_of_one_organisation_is_as_good_as_none_in_another(house, cages, method, name):
    here, there = cages["damson"], cages["bullace"]
    client, wrong = enter(house, here, name, "10.4.0.1"), []
    for route in routes(house, method):
        answers = []
        for secret in (None, NO_TOKEN):
            address = asked(here, route, secret, there)
            data = {"csrf_token": client.token} if method == "POST" else None
            answers.append(alike(client.open(address, method=method, data=data), address, set()))
            client._cookies = dict(client.kept)
        if answers[0] != answers[1] or there.mark in answers[0][2].lower():
            wrong.append(route.endpoint)
    assert wrong == []


def test_every_secret_that_an_address_holds_is_one_that_is_asked_for_here(house):
    named = {name for route in views(house, "GET", "POST") for name in route.arguments if not name.endswith("_id")}
    assert named - {"role", "step", "digest", "name"} == set(SECRETS)


def test_a_form_that_was_begun_in_one_organisation_is_not_taken_in_another(house, cages):
    ours, theirs = (enter(house, cages[slug], "dana", "10.4.0.2") for slug in ("damson", "bullace"))
    stolen = token(theirs)
    answer = ours.post("/me", data={"csrf_token": stolen})
    assert answer.status_code == 400
    assert ours.post("/me", data={"csrf_token": ours.token}).status_code == 422  # with its own it is read, and found empty


@pytest.mark.parametrize("site", ["same-site", "cross-site"])
def test_a_page_of_a_sibling_host_changes_nothing_though_it_has_the_token(house, cages, site):
    client = enter(house, cages["damson"], "dana", "10.4.0.3")
    data = {"csrf_token": client.token, "size": "150"}
    refused = client.post("/accessibility", data=data, headers={"Sec-Fetch-Site": site})
    assert refused.status_code == 400
    assert client.post("/accessibility", data=data, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
