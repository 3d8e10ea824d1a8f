"""The second factor: enrolled once, asked each time, no code twice, waived on a demonstration only."""

import pyotp
import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from maagal import clock
from maagal.db import commit, db
from tenants.people.models import Account, SignedIn
from tenants.people.signing_in import second_factor
from tests.circle import Browser, Circle
from tests.people.signing_in.door import Browse, Post, csrf, found, path_in, post_form

DANA = "dana.rak@example.org"
pytestmark = pytest.mark.usefixtures("not_demo")


def by_link(client: Browser, post: Post) -> TestResponse:
    post_form(client, "/sign-in", address=DANA)
    return post_form(client, path_in(post()[-1]))


def secret_on(client: Browser) -> str:
    return found(r'<code dir="ltr">([A-Z2-7 ]+)</code>', client.get("/sign-in/enrol").text).replace(" ", "")


def code_at(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).generate_otp(int(clock.now().timestamp()) // 30 + steps)


def enrolled(client: Browser, post: Post) -> str:
    by_link(client, post)
    secret = secret_on(client)
    assert post_form(client, "/sign-in/enrol", code=code_at(secret, -1)).location == "/dashboard"
    return secret


def test_a_coordinator_enrols_before_the_session_counts(circle: Circle, browse: Browse, post: Post) -> None:
    client = browse()
    assert by_link(client, post).location == "/sign-in/enrol"
    assert client.get("/today").status_code == 303
    assert db.session.scalar(select(func.count(SignedIn.id))) == 0
    secret = secret_on(client)
    assert post_form(client, "/sign-in/enrol", code="000000").status_code == 422
    answer = post_form(client, "/sign-in/enrol", code=code_at(secret))
    assert answer.status_code == 303
    assert client.get("/today").status_code == 200


def test_a_code_is_good_for_one_use(circle: Circle, browse: Browse, post: Post) -> None:
    secret = enrolled(browse(), post)
    used = code_at(secret)
    first, second = browse(), browse()
    assert by_link(first, post).location == "/sign-in/second"
    assert post_form(first, "/sign-in/second", code=used).status_code == 303
    by_link(second, post)
    assert post_form(second, "/sign-in/second", code=used).status_code == 422
    assert post_form(second, "/sign-in/second", code=code_at(secret, -1)).status_code == 422
    assert post_form(second, "/sign-in/second", code=code_at(secret, 1)).status_code == 303


def test_an_enrolled_secret_is_never_shown_again(circle: Circle, browse: Browse, post: Post) -> None:
    secret = enrolled(browse(), post)
    client = browse()
    by_link(client, post)
    assert client.get("/sign-in/enrol").location == "/sign-in"
    assert secret not in client.get("/sign-in/second").text
    token = csrf(client, "/sign-in/second")
    assert client.post("/sign-in/enrol", data={"csrf_token": token, "code": code_at(secret, 1)}).location == "/sign-in"


def test_a_secret_that_was_not_confirmed_is_replaced(circle: Circle, browse: Browse, post: Post) -> None:
    client = browse()
    by_link(client, post)
    first = secret_on(client)
    assert secret_on(client) == first
    by_link(client, post)
    assert secret_on(client) != first


def test_the_secret_is_sealed(circle: Circle, browse: Browse, post: Post) -> None:
    secret = enrolled(browse(), post)
    account = db.session.scalars(select(Account).where(Account.person_id == circle.dana)).one()
    assert account.totp
    assert secret.encode() not in account.totp
    assert second_factor.secret_of(account) == secret


def test_guessing_is_counted_by_account(circle: Circle, browse: Browse, post: Post) -> None:
    enrolled(browse(), post)
    client = browse()
    by_link(client, post)
    answers = [post_form(client, "/sign-in/second", code="000000").status_code for _ in range(11)]
    assert answers[-1] == 429
    assert 303 not in answers


def test_a_session_without_the_second_factor_counts_for_nothing(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    assert client.get("/today").status_code == 200
    db.session.execute(db.update(SignedIn).values(second_factor=False))
    commit()
    assert client.get("/today").status_code == 303


def test_a_mentor_needs_none(circle: Circle, browse: Browse, post: Post) -> None:
    client = browse()
    post_form(client, "/sign-in", address="miri.lev@example.org")
    assert post_form(client, path_in(post()[-1])).location == "/today"
