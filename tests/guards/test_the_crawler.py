"""A canary in every text: each word is read by those whom it is for, and no key and no line of the log holds any.

tests/isolation crawls further (what is posted, letters, files, ids of every table, whatever a new page asks) and looks for
other tenants alone. Here stands what that crawl cannot know: which words of our own tenant are for whom, which must stand
on which page, that another's id is *not there* and no more than that, how keys are named, and what a failure leaves in the log.
"""

import json
import logging
import re

import pytest
import redis
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from maagal import commands, logs
from maagal.db import db, within
from maagal.permissions import VISITOR
from maagal.tasks import HEADER, TenantTask
from tenants.communities.models import Community
from tests.guards.world import IDLE, INSIDERS, STRANGERS, absent, views
from tests.isolation.reading import words_of

EVERYBODY = [*(names[0] for names in INSIDERS.values()), *STRANGERS["coordinator"], None]
ALONE = {  # words of our own tenant that only these may read (nobody: None)
    "private-miri": {"miri"},
    "private-pnina": {"pnina"},
    "concern": {"dana", "miri"},
    "words": {"dana"},
    "summary-pnina": {"dana", "miri", "pnina"},
    "never": {"dana"},
    "half-said": {"miri"},
}
SHOWN = [  # (who, endpoint, a word that must stand there): a crawl of empty pages would prove nothing
    ("dana", "pairing.show", "shared"), ("miri", "pairing.show", "pnina"), ("pnina", "pairing.show", "miri"),
    ("miri", "meetings.show", "private-miri"), ("pnina", "meetings.show", "private-pnina"), ("dana", "meetings.show", "place"),
    ("dana", "intake.show", "words"), ("dana", "safeguarding.show", "concern"), ("dana", "people.show", "pnina"),
    ("dana", "importing.show", "sheet"), ("dana", "rounds.show", "noa"), ("nurit", "people.index", "pnina"),
    (None, "house.statement", "access"),
]  # fmt: skip


@pytest.fixture(params=["pine", "fir"])
def here_and_there(homes, request):
    """One tenant, and the one whose things must not be there."""
    other = {"pine": "fir", "fir": "pine"}[request.param]
    return homes[request.param], homes[other]


@pytest.mark.parametrize("name", EVERYBODY)
def test_no_page_shows_anything_of_the_other_tenant(house, here_and_there, enter, name):
    here, there = here_and_there
    client, wrong = enter(here, name), []
    for route in views(house, "GET"):
        for address in worth_asking(house, here, route, name):
            answer = client.get(address)
            said = words_of(answer)
            broken = answer.status_code >= 500 and route.endpoint not in IDLE
            wrong += [f"{address}: {answer.status_code}"] if broken else []
            wrong += [f"{address} names the other tenant"] if there.mark in said else []
            read = {word for word in ALONE if re.search(rf"{here.mark}-{word}\b", said)}
            wrong += [f"{address} shows {name} {word!r}" for word in read if name not in ALONE[word]]
        if any(each.endswith("_id") for each in route.arguments):
            wrong += foreign(client, route, here, there)
    assert wrong == []


def worth_asking(house, here, route, name):
    """Everything that a role may open at all; of what it may not, one address (the matrix asks for the rest)."""
    role = next((role for cast in (INSIDERS, STRANGERS) for role, names in cast.items() if name in names), VISITOR)
    addresses = list(here.addresses(route))
    return addresses if role in house.view_functions[route.endpoint].needs.roles else addresses[:1]


def foreign(client, route, here, there):
    """Ids of the other tenant must answer as ids that nothing has."""
    nowhere = client.get(next(here.addresses(route, absent(here.ids)))).status_code
    for address in there.addresses(route):
        answer = client.get(address)
        if (answer.status_code, nowhere) not in {(404, 404), (303, 303)} or there.mark in words_of(answer):
            yield f"{address} of the other tenant: {answer.status_code}, an absent one: {nowhere}"


@pytest.mark.parametrize(("name", "endpoint", "word"), SHOWN)
def test_people_see_what_is_theirs(house, homes, enter, name, endpoint, word):
    pine = homes["pine"]
    route = next(each for each in views(house, "GET") if each.endpoint == endpoint)
    said = "".join(words_of(enter(pine, name).get(address)) for address in pine.addresses(route))
    assert f"{pine.mark}-{word}" in said


def test_a_cookie_of_one_tenant_is_nobody_in_the_other(homes, enter):
    client = enter(homes["pine"], "dana")
    elsewhere = homes["fir"].tenant.slug
    answer = client.get("/dashboard", base_url=f"http://{elsewhere}.localhost:8000")
    assert answer.status_code == 303
    with client.session_transaction(base_url=client.origin) as mine:
        subject = mine["_user_id"]
    stolen = enter(homes["fir"], None)
    with stolen.session_transaction(base_url=stolen.origin) as cookie:
        cookie["_user_id"] = subject
    assert stolen.get("/dashboard").status_code == 303
    with stolen.session_transaction(base_url=stolen.origin) as cookie:
        cookie.clear()


def test_every_key_in_valkey_is_a_tenants_the_houses_or_celerys(homes, enter, servers):
    for home in homes.values():
        enter(home, "miri").get("/today")
    schemas = "|".join(home.tenant.schema for home in homes.values())
    keys = [key.decode() for key in redis.Redis.from_url(servers.redis_url).scan_iter()]
    ours = rf"(LIMITS:LIMITER/)?maagal:({schemas}|t_[0-9a-f]{{12}}|control):"
    celerys = r"_kombu\.|unacked|celery|urgent$|facts$|delivery$|reports$"
    assert [key for key in keys if not re.match(f"{ours}|{celerys}", key)] == []
    assert {schema for schema in schemas.split("|") if any(schema in key for key in keys)} == set(schemas.split("|"))
    assert not any(home.mark in key.lower() for home in homes.values() for key in keys)


@pytest.fixture
def listen(capsys, monkeypatch):
    """Let the house log alone with its own handlers (pytest's keep libraries from adding theirs); give what it printed."""

    def begin():
        monkeypatch.setattr(logging.getLogger(), "handlers", [])
        monkeypatch.setattr(logging.getLogger("maagal"), "handlers", [])
        logs.set_up()
        return lambda: capsys.readouterr().err

    yield begin
    with capsys.disabled():
        logs.set_up()


def refuse_a_name(home):
    """Let PostgreSQL refuse a row; its message holds the row's values."""
    taken = db.session.scalars(select(Community.name).limit(1)).one()
    assert home.mark in taken.lower()
    db.session.execute(insert(Community).values(name=taken))


def test_a_refused_row_is_logged_without_its_values(house, homes, listen):
    said, pine = listen(), homes["pine"]
    with house.app_context(), within(pine.tenant):
        with pytest.raises(IntegrityError) as refused:
            refuse_a_name(pine)
        assert pine.mark in str(refused.value).lower()
        logs.log.error("failed", exc_info=refused.value)
    printed = said()
    line = json.loads(printed.splitlines()[-1])
    assert (line["tenant"], line["event"]) == (str(pine.tenant.id), "failed")
    assert "IntegrityError(UniqueViolation 23505)" in line["error"]
    assert pine.mark not in printed.lower()


def test_a_page_that_fails_is_logged_without_values_or_address(homes, listen):
    """Flask tells its own logger of what nobody caught: message, parameters and address are not ours to print."""
    said, pine = listen(), homes["pine"]

    def fail(word):
        db.session.execute(text("select cast(:word as integer)"), {"word": f"{pine.mark}-{word}"})
        return ""

    with commands.house() as app:
        app.add_url_rule("/fail/<word>", view_func=fail)
        answer = app.test_client().get(f"/fail/{pine.mark}", base_url=f"http://{pine.tenant.slug}.localhost:8000")
    printed = said()
    assert answer.status_code == 500
    assert "DataError(InvalidTextRepresentation 22P02)" in printed
    assert pine.mark not in printed.lower()


def test_a_task_that_fails_is_logged_without_values(house, homes, listen):
    """Celery's own words about a failed task hold the exception's text."""
    said, pine, celery = listen(), homes["pine"], house.extensions["celery"]

    def fail():
        refuse_a_name(pine)

    failing = celery.task(fail, base=TenantTask, name="failing")
    with house.app_context():
        failing.apply(headers={HEADER: str(pine.tenant.id)})
        celery.tasks.unregister("failing")
    printed = said()
    assert "IntegrityError(UniqueViolation 23505)" in printed
    assert pine.mark not in printed.lower()
