"""The door: a link or a code, once, and out again."""

from datetime import timedelta

from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from maagal import clock
from maagal.db import commit, db, within
from maagal.limits import limiter
from maagal.tenancy import Tenant
from tenants.people import queries
from tenants.people.models import Person, SignedIn, SignInToken
from tenants.people.signing_in import actions
from tests.circle import Browser, Circle
from tests.people.signing_in.door import Browse, Post, code_in, path_in, plain, post_form

MIRI = "miri.lev@example.org"


def ask(client: Browser, address: str = MIRI, came_for: str = "/today") -> TestResponse:
    return post_form(client, "/sign-in", address=address, next=came_for)


def test_a_mailed_code_lets_in_and_leads_back_to_where_one_came_for(circle: Circle, browse: Browse, post: Post) -> None:
    client = browse()
    assert ask(client, came_for="/statement").location == "/sign-in/code"
    (letter,) = post()
    assert (letter["To"], "Miri" in plain(letter)) == (MIRI, False)
    answer = post_form(client, "/sign-in/code", code=code_in(letter))
    assert (answer.status_code, answer.location) == (303, "/statement")
    assert client.get("/today").status_code == 200


def test_a_link_shows_a_button_and_is_used_by_pressing_it_once(circle: Circle, browse: Browse, post: Post) -> None:
    ask(browse())
    path = path_in(post()[0])
    elsewhere = browse()
    assert elsewhere.get(path).status_code == elsewhere.get(path).status_code == 200
    assert elsewhere.get("/today").location.startswith("/sign-in?next=")
    assert post_form(elsewhere, path).location == "/today"
    assert elsewhere.get("/today").status_code == 200
    assert post_form(browse(), path, token_from="/sign-in").status_code == 422


def test_neither_token_nor_code_lies_anywhere_in_the_clear(circle: Circle, browse: Browse, post: Post) -> None:
    ask(browse())
    letter = post()[0]
    row = db.session.scalars(select(SignInToken)).one()
    assert path_in(letter).removeprefix("/sign-in/").encode() not in (row.token_hash, row.code_hash)
    waiting = db.session.scalar(db.text("select string_agg(body::text, '') from outbox"))
    assert code_in(letter) not in waiting
    assert path_in(letter).removeprefix("/sign-in/") not in waiting


def test_known_and_unknown_addresses_get_the_same_answer_and_the_same_work(circle: Circle, browse: Browse, post: Post) -> None:
    known, unknown = ask(browse()), ask(browse(), address="nobody@example.org")
    assert (known.status_code, known.location, known.text) == (unknown.status_code, unknown.location, unknown.text)
    db.session.remove()
    assert db.session.scalar(db.text("select count(*) from outbox where name = 'people.send_sign_in'")) == 2
    assert len(post()) == 1


def test_a_phone_number_finds_the_same_person(circle: Circle, browse: Browse, post: Post) -> None:
    db.session.execute(db.text("update people set phone = '+972521234567' where first_name = 'Miri'"))
    commit()
    ask(browse(), address="052-1234567")
    assert post()[0]["To"] == MIRI


def test_a_new_request_replaces_the_old(circle: Circle, browse: Browse, post: Post) -> None:
    ask(browse())
    old = path_in(post()[0])
    ask(browse())
    new = path_in(post()[1])
    assert post_form(browse(), old, token_from="/sign-in").status_code == 422
    assert post_form(browse(), new).status_code == 303


def test_people_who_share_a_mailbox_say_who_they_are(circle: Circle, browse: Browse, post: Post) -> None:
    db.session.execute(update(Person).where(Person.id == circle.pnina).values(email=MIRI.upper()))
    commit()
    ask(browse())
    client = browse()
    path = path_in(post()[0])
    assert client.get("/sign-in/who").location == "/sign-in"
    assert post_form(client, path).location == "/sign-in/who"
    assert client.get("/today").location.startswith("/sign-in?next=")
    page = client.get("/sign-in/who").text
    assert all(name in page for name in ("Miri Lev", "Pnina Tal"))
    assert "Adam" not in page
    db.session.remove()
    accounts = {person: str(queries.account_of(person).id) for person in (circle.adam, circle.pnina)}  # type: ignore[union-attr]  # they have one
    db.session.remove()
    assert post_form(client, "/sign-in/who", account=accounts[circle.adam]).location == "/sign-in/who"
    assert post_form(client, "/sign-in/who", account=accounts[circle.pnina]).location == "/today"
    assert "Pnina Tal" in client.get("/today").text


def test_a_link_dies_after_a_quarter_of_an_hour(circle: Circle, browse: Browse, post: Post) -> None:
    ask(browse())
    path = path_in(post()[0])
    db.session.execute(update(SignInToken).values(expires_at=clock.now() - timedelta(seconds=1)))
    commit()
    assert post_form(browse(), path, token_from="/sign-in").status_code == 422


def test_a_code_may_be_tried_five_times_and_refused_attempts_count(circle: Circle, browse: Browse, post: Post) -> None:
    client = browse()
    ask(client)
    right = code_in(post()[0])
    wrong = f"{(int(right) + 1) % 10**6:06}"
    answers = [post_form(client, "/sign-in/code", code=wrong) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {422}
    assert wrong in answers[0].text
    assert post_form(client, "/sign-in/code", code=right).status_code == 422
    assert client.get("/today").status_code == 303


def test_one_mailbox_is_not_flooded(circle: Circle, browse: Browse) -> None:
    client = browse()
    assert [ask(client).status_code for _ in range(6)] == [303] * 5 + [429]


def test_nobody_is_led_to_another_site(circle: Circle, browse: Browse, post: Post) -> None:
    for elsewhere in ("https://example.com/", "//example.com", "/\\example.com", "\\\\example.com", "javascript:1", "/\t/x"):
        limiter.reset()
        client = browse()
        ask(client, came_for=elsewhere)
        assert post_form(client, "/sign-in/code", code=code_in(post()[-1])).location == "/today", elsewhere


def test_a_cookie_from_before_signing_in_is_not_the_one_after(circle: Circle, browse: Browse, post: Post) -> None:
    client = browse()
    ask(client)
    with client.session_transaction(base_url=client.origin) as cookie:
        cookie["planted"] = "by somebody else"
    post_form(client, "/sign-in/code", code=code_in(post()[0]))
    with client.session_transaction(base_url=client.origin) as cookie:
        assert "planted" not in cookie
        assert "_user_id" in cookie


def test_signing_in_again_is_a_new_session_and_ends_the_one_before(circle: Circle, browse: Browse, post: Post) -> None:
    first = browse(circle.miri)
    with first.session_transaction(base_url=first.origin) as cookie:
        before = cookie["_user_id"]
    ask(browse())
    post_form(first, path_in(post()[0]))
    with first.session_transaction(base_url=first.origin) as cookie:
        after = cookie["_user_id"]
    db.session.remove()
    assert before != after
    ended = db.session.scalars(select(SignedIn.ended_at).order_by(SignedIn.id)).all()
    assert [end is not None for end in ended] == [True, False]


def test_whoever_signs_out_is_out_and_so_is_a_copy_of_the_cookie(circle: Circle, browse: Browse) -> None:
    client, copy = browse(circle.miri), browse()
    with client.session_transaction(base_url=client.origin) as cookie:
        subject = cookie["_user_id"]
    with copy.session_transaction(base_url=copy.origin) as cookie:
        cookie["_user_id"] = subject
    assert copy.get("/today").status_code == 200
    post_form(client, "/sign-in/out", token_from="/accessibility")
    assert client.get("/today").status_code == copy.get("/today").status_code == 303


def test_ended_sessions_are_out_on_the_very_next_request(circle: Circle, browse: Browse) -> None:
    client = browse(circle.miri)
    assert client.get("/today").status_code == 200
    actions.end_all_sessions(circle.miri)
    commit()
    assert client.get("/today").status_code == 303


def test_a_cookie_of_elm_is_nobody_at_oak(circle: Circle, browse: Browse, elm: Tenant) -> None:
    client = browse(circle.miri)
    with client.session_transaction(base_url=client.origin) as cookie:
        subject = cookie["_user_id"]
    next_door = browse(tenant=elm)
    with next_door.session_transaction(base_url=next_door.origin) as cookie:
        cookie["_user_id"] = subject
    assert next_door.get("/today").status_code == 303
    with within(elm):
        assert db.session.scalar(select(func.count(SignedIn.id))) == 0


def test_signing_in_is_not_done_by_getting(browse: Browse, circle: Circle) -> None:
    assert browse().get("/sign-in/out").status_code == 404
