"""A canary in every text of every tenant: whoever asks whatever, no other tenant's is ever heard.

The short crawl asks as one person of each role in one tenant; the full one asks in all three, as everybody, for more.
"""

import io
import sys
import time
from contextlib import redirect_stderr
from datetime import timedelta

import pytest
import redis

from maagal import clock, logs, relay, tasks
from maagal.config import settings
from tests.guards.world import IDLE, INSIDERS, STRANGERS, views
from tests.isolation.addresses import Thrift
from tests.isolation.conftest import SLUGS
from tests.isolation.crawl import Crawl
from tests.isolation.outside import kept_in_files, kept_in_valkey, messages
from tests.smtp_sink import Sink

ONE_OF_EACH = ("nurit", "benny", "dana", "adam", "miri", "pnina", "gali", "tamar", None)
EVERYBODY = (*(name for cast in (INSIDERS, STRANGERS) for names in cast.values() for name in names), "tamar", None)
FORM = "an empty form"
HOUSE = "the house's own words"
QUIET = {  # pages on which no word of the tenant need stand, though they are opened
    "assets.file": HOUSE, "health.healthz": HOUSE, "house.privacy": HOUSE, "preferences.show": HOUSE, "people.home": HOUSE,
    "organisation.index": HOUSE,
    "communities.new": FORM, "intake.ask": FORM, "intake.new": FORM, "sign_in.ask": FORM, "sign_in.code": FORM,
    "sign_in.enrol": FORM, "sign_in.second": FORM, "intake.saved": HOUSE, "intake.thanks": HOUSE, "safeguarding.sent": HOUSE,
    "sign_in.link": "says nothing before it is spent: whoever scans mails opens it too",
    "lost.link": "says nothing before it is spent, as the link to sign in",
    "health.readyz": HOUSE,
    "intake.resume": "one button: what was half written is shown to whoever presses it",
    "one_tap.ask": "opens without signing in, and may be passed on: names nobody",
    "notifications.news": "says that there is something new",
    "notifications.settings": "kinds of notices",
    "safeguarding.index": "how grave and since when, not what nor of whom",
    "intake.mine": "where one's request stands, in the house's words",
    "pairing.mine": "leads on to the pair, where there is one",
    "published.show": "rounded figures of a quarter and their names",
}  # fmt: skip
OUT_OF_REACH = {
    ("POST", "sign_in.try_code"): "needs the code out of a letter; tests/people/signing_in has it",
    ("POST", "lost.confirm"): "needs a code of the app that is being set up; tests/people/renewing has it",
    ("GET", "certificates.wanted"): "answers the reverse proxy alone; tests/shipping has it",
} | {("GET", endpoint): "a world in which nobody works is not ready; tests/operation has it" for endpoint in IDLE}
LATER = timedelta(days=40)  # every clock that runs now has rung by then


@pytest.fixture(scope="module")
def sink(told):
    """A mail server that keeps every letter."""
    caught = Sink().start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAIL_URL", caught.url)
        settings.cache_clear()
        yield caught
    caught.stop()
    settings.cache_clear()


@pytest.fixture
def valkey(servers):
    """Valkey, with nothing in it before and after."""
    client = redis.Redis.from_url(servers.redis_url)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


@pytest.fixture
def logged(house):
    """What the house logs."""
    said = io.StringIO()
    with redirect_stderr(said):
        logs.set_up()
    yield said
    logs.set_up()


@pytest.fixture
def cages_from(context, cages):
    """The three tenants, the one to be crawled first."""
    return lambda slug: [cages[slug], *(cage for name, cage in cages.items() if name != slug)]


def crawl(house, cages, sink, people, thrift):
    """Let everybody ask for everything; then let all that is to happen later happen."""
    made = Crawl(house, cages, sink, people, thrift)
    made.let_others_look()
    for client in made.clients:
        made.walk(client)
    made.try_methods(made.clients[-1])
    made.settle(LATER)
    made.here.schema.put_back()
    told = f"{made.here.tenant.slug}: {made.found.asked} requests, {made.found.letters} letters, {time.process_time():.0f} s"
    sys.__stderr__.write(f"{told}\n")
    return made.found


def listen_outside(found, cages, valkey, logged):
    """Note what stands in Valkey, in files and in the log: of the log and of Valkey not even our own."""
    marks = [cage.mark for cage in cages]
    with clock.held_at(clock.now() + LATER):
        relay.turn(tasks.send)
    for key, said in kept_in_valkey(valkey):
        if found.here.tenant.schema in key:  # the others asked before, under names of their own
            found.listen(said, f"under {key}")
        found.leaks.update(f"{mark} under {key}" for mark in marks if mark in said)
    owners = {str(each): str(cage.tenant.id) for cage in cages for each in cage.schema.ids["outbox"]}
    sent = list(messages(valkey, tasks.QUEUES))
    assert sent
    found.leaks.update(f"{each} sent for {tenant}" for tenant, ids in sent for each in ids if owners.get(each, tenant) != tenant)
    for path, said in kept_in_files(settings().data / "files"):
        strangers = (cage for cage in cages if path.parts[0] != cage.tenant.schema)
        found.leaks.update(f"{cage.mark} in {path}" for cage in strangers if cage.mark in said)
    found.leaks.update(f"{mark} in the log" for mark in marks if mark in logged.getvalue().lower())


def wrong(found):
    """Return what was found wrong, by what it is."""
    pale = found.pale - QUIET.keys()
    every = {"leaks": found.leaks, "broken": found.broken, "answers differ": found.unlike, "says nothing of ours": pale}
    return {what: sorted(each) for what, each in every.items() if each}


def unreached(house, *crawls):
    """Name the endpoints whose forms or pages nobody ever got an answer of."""
    wanted = {(method, route.endpoint) for method in ("GET", "POST") for route in views(house, method)}
    return wanted - {each for found in crawls for each in found.reached} - OUT_OF_REACH.keys()


def test_nothing_of_one_tenant_is_seen_or_told_in_another(house, cages_from, sink, valkey, logged):
    cages = cages_from("rowan")
    found = crawl(house, cages, sink, ONE_OF_EACH, Thrift())
    listen_outside(found, cages, valkey, logged)
    assert wrong(found) == {}
    assert unreached(house, found) == set(), "somebody must get there, or a reason must stand in OUT_OF_REACH"
    assert found.letters > 20


@pytest.mark.full
@pytest.mark.parametrize("slug", SLUGS)
def test_nor_by_anybody_in_any_of_them_whatever_is_asked(house, cages_from, sink, valkey, logged, slug):
    cages = cages_from(slug)
    found = crawl(house, cages, sink, EVERYBODY, Thrift(own=2, insist=True))
    listen_outside(found, cages, valkey, logged)
    assert wrong(found) == {}


def test_what_is_said_of_pages_is_said_of_pages_that_are_there(house):
    endpoints = {route.endpoint for route in house.url_map.iter_rules()}
    assert (QUIET.keys() | {endpoint for _method, endpoint in OUT_OF_REACH}) - endpoints == set()
