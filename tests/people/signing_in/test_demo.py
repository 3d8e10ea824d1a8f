"""The demonstration: a button for each role, and nothing of it anywhere else."""

import pytest

from tests.circle import Circle
from tests.people.signing_in.door import Browse, post_form


@pytest.mark.parametrize("role", ["coordinator", "mentor", "participant", "advisor"])
def test_each_role_has_a_button(circle: Circle, browse: Browse, role: str) -> None:
    client = browse()
    assert f"/demo/{role}" in client.get("/demo").text
    assert client.get(f"/demo/{role}").status_code == 200
    assert client.get("/today").status_code == 303
    assert post_form(client, f"/demo/{role}").status_code == 303
    assert client.get("/today").status_code == 200


def test_a_role_that_nobody_has_is_not_there(circle: Circle, browse: Browse) -> None:
    assert "/demo/sponsor" not in browse().get("/demo").text
    assert browse().get("/demo/sponsor").status_code == 404
    assert browse().get("/demo/nonsense").status_code == 404


def test_nothing_of_it_is_there_at_a_public_address(circle: Circle, browse: Browse, not_demo: None) -> None:
    client = browse()
    assert client.get("/demo").status_code == client.get("/demo/mentor").status_code == 404
    assert post_form(client, "/demo/mentor", token_from="/sign-in").status_code == 404
    assert client.get("/today").status_code == 303
