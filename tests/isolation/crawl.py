"""The crawl: one tenant's people ask every endpoint for everything that lies in any tenant, and nothing foreign may sing.

Addresses come from the application's map, ids from the catalog, forms and questions from the pages themselves: what is new
is asked as soon as it is there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass
from itertools import count, product
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID as Id

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule as Route
from werkzeug.test import TestResponse

from maagal.db import db
from maagal.ids import new_id
from tests.circle import Browser, sign_in_as, token
from tests.isolation.cage import Cage, react
from tests.isolation.findings import Findings
from tests.isolation.forms import Fields, forms_of, links_of, sent
from tests.isolation.reading import UUID, alike, letter_of, words_of
from tests.smtp_sink import Sink

SHAPES = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")
HTMX = {"HX-Request": "true"}
NO_TOKEN = "x" * 43
DEEPEST, FOLLOWED = 3, 4  # changes upon a change; changes of one kind whose page is opened
Values = dict[str, str]


@dataclass(frozen=True)
class Thrift:
    """How much is asked: rows of ours and of another tenant for a parameter, ways to fill in a form, pages read for forms."""

    own: int = 2
    foreign: int = 1
    ways: int = 3
    pages: int = 1


@dataclass(frozen=True)
class Group:
    """Addresses of a route (or ways to fill in its form) that must answer alike: `theirs` as `nothing`, and what we may not."""

    route: Route
    nothing: str | None
    theirs: list[str]
    ours: list[str]


class Crawl:
    """One tenant's crawl; `walk` lets somebody ask for everything."""

    def __init__(self, app: Flask, here: Cage, others: list[Cage], sink: Sink, thrift: Thrift) -> None:
        self.app, self.here, self.others, self.sink, self.thrift = app, here, others, sink, thrift
        self.found = Findings(here, others)
        self.table_of = {str(each): table for table, ids in here.schema.ids.items() for each in ids}
        self.forms: dict[str, list[Fields]] = defaultdict(list)  # endpoint, or address -> ways to fill in its form
        self.peers = count(1)
        self.deep, self.changes = 0, Counter[str]()
        self.statuses = defaultdict(set); self.bad={}

    def enter(self, name: str | None) -> Browser:
        """Return a client of one of our people, or of nobody, that will not change by what is asked."""
        client = Browser(self.app, use_cookies=True)
        client.origin = f"http://{self.here.host}:8000"
        if name is not None:
            with self.app.app_context():
                db.session.remove()
                sign_in_as(client, self.here.home.people[name], self.here.tenant)
        client.environ_base["REMOTE_ADDR"] = self._peer()
        client.token, client.who = token(client), name or "visitor"
        client.kept = dict(client._cookies)
        return client

    def walk(self, client: Browser) -> None:
        """Look at everything, ask what pages let one ask, try other methods, and send everything."""
        questions: set[str] = set()
        for route in self._routes("GET"):
            self._look(client, route, questions)
        for question in sorted(questions):
            self._question(client, question)
        for route in self._routes("GET", "POST"):
            for group in self._groups(route, Thrift(1, 1)):
                for method in SHAPES:
                    self._ask_all(client, method, group)
        for route in self._routes("POST"):
            self._send(client, route)

    def _look(self, client: Browser, route: Route, questions: set[str]) -> None:
        """Get a route with ids of everybody; read some of the pages that are ours."""
        pages = self.thrift.pages
        for group in self._groups(route, self.thrift):
            for address, answer in self._ask_all(client, "GET", group):
                if answer.status_code == 200:
                    self.found.note_mark(route.endpoint, client.who, answer)
                    if pages and answer.mimetype == "text/html":
                        pages -= 1
                        self._read(answer, address, questions)
                        self._ask(client, "GET", route, address, headers=HTMX)

    def _read(self, answer: TestResponse, address: str, questions: set[str]) -> None:
        """Remember the forms and the questions of a page."""
        questions.update(links_of(answer.text))
        for form in forms_of(answer.text, address, self.here.mark):
            path = urlsplit(form.address).path
            route = self._route(path, form.method)
            if form.method == "GET":
                questions.add(f"{path}?{urlencode(form.fields, doseq=True)}")
            elif route is not None:
                for key in (path, route.endpoint):
                    if form.fields not in self.forms[key]:
                        self.forms[key].append(form.fields)

    def _question(self, client: Browser, question: str) -> None:
        """Ask a page its question, then with another tenant's ids in it, and with nobody's."""
        if route := self._route(urlsplit(question).path, "GET"):
            for mapping in self._exchanges(question):
                nothing, *theirs = (_exchanged(question, each) for each in mapping)
                list(self._ask_all(client, "GET", Group(route, nothing, theirs, [])))
            self._ask(client, "GET", route, question)

    def _send(self, client: Browser, route: Route) -> None:
        """Post to a route: with nothing, as its pages offer it, and with ids of others in the body and in the address."""
        for group in self._groups(route, self.thrift):
            list(self._ask_all(client, "POST", group, {}))
            general = self.forms[route.endpoint][:1]
            for fields in general if group.nothing else ():
                list(self._ask_all(client, "POST", Group(route, group.nothing, group.theirs, []), fields))
            for address in group.ours:
                for fields in (self.forms[address] or general)[: self.thrift.ways]:
                    self._fill_in(client, route, address, fields)

    def _fill_in(self, client: Browser, route: Route, address: str, fields: Fields) -> None:
        """Send a form as it stands, then with another tenant's ids in it, which are as good as nobody's."""
        self._ask(client, "POST", route, address, fields)
        for nothing, *theirs in self._exchanges(str(fields)):
            absent = self._ask(client, "POST", route, address, _in_fields(fields, nothing))
            for each in theirs:
                answer = self._ask(client, "POST", route, address, _in_fields(fields, each))
                self._compare("POST", route, "theirs in the form", (answer, str(each)), (absent, str(nothing)))

    def _ask_all(self, client: Browser, method: str, group: Group, fields: Fields | None = None) -> Iterator[Any]:
        """Ask a group, yield what we were given of ours, note where answers differ that must not."""
        absent = None
        if group.nothing:
            absent = self._ask(client, method, group.route, group.nothing, fields), group.nothing
        for address in group.theirs:
            answer = self._ask(client, method, group.route, address, fields)
            self._compare(method, group.route, "theirs", (answer, address), absent)
        for address in group.ours:
            answer = self._ask(client, method, group.route, address, fields)
            if answer.status_code == 404 and absent:
                self._compare(method, group.route, "forbidden", (answer, address), absent)
            yield address, answer

    def _compare(self, method: str, route: Route, what: str, given: Any, absent: Any) -> None:
        if alike(*given, self.table_of) != alike(*absent, self.table_of):
            codes = given[0].status_code, absent[0].status_code
            self.found.unlike.add(f"{method} {route.endpoint} {what}: {codes} {given[1]}")

    def _ask(
        self, client: Browser, method: str, route: Route, address: str, fields: Fields | None = None, headers: Any = None
    ) -> TestResponse:
        """Ask, judge the answer, undo what it did, and let the client be who it was."""
        self.found.asked += 1
        data = {**sent(fields), "csrf_token": client.token} if fields is not None else None
        peer = {"REMOTE_ADDR": self._peer()}
        answer = client.open(address, method=method, data=data, headers=headers, environ_overrides=peer)
        client._cookies = dict(client.kept)
        about, told = f"{client.who}: {method} {route.endpoint}", f"{address} {fields}".lower()
        self.found.listen(words_of(answer), f"{about} {address}", told)
        if answer.status_code >= 500:
            self.found.broken.add(f"{about}: {answer.status_code} {address} {fields}")
        if answer.status_code < 400 and "/sign-in?next=" not in answer.headers.get("Location", ""):
            self.found.reached.add((method, route.endpoint))
            if method == "POST":
                self._undo(client, route, answer)
        self.statuses[method, route.endpoint].add(answer.status_code)
        if answer.status_code in (422,409) and method=="POST": self.bad[route.endpoint]=(address,fields,answer.text)
        return answer

    def _undo(self, client: Browser, route: Route, answer: TestResponse) -> None:
        """See what a change leads to: letters, the page one is sent to, forms that only then are there. Then undo it."""
        self.settle()
        self.changes[route.endpoint] += 1
        self.deep += 1
        if self.deep <= DEEPEST and self.changes[route.endpoint] <= FOLLOWED and "Location" in answer.headers:
            self._follow(client, answer.headers["Location"])
        self.deep -= 1
        if not self.deep:
            self.here.schema.put_back()

    def _follow(self, client: Browser, location: str) -> None:
        """Open the page after a change, and send what it offers and nobody could send so far."""
        page = self._route(urlsplit(location).path, "GET")
        if page is None:
            return
        answer = self._ask(client, "GET", page, location)
        for form in forms_of(answer.text, location, self.here.mark) if answer.mimetype == "text/html" else ():
            route = self._route(urlsplit(form.address).path, form.method)
            if route and form.method == "POST" and ("POST", route.endpoint) not in self.found.reached:
                self._ask(client, "POST", route, urlsplit(form.address).path, form.fields)

    def settle(self) -> None:
        """Let the house react to whatever happened, and read every letter that went out."""
        before = len(self.sink.caught)
        Context().run(react, self.app, self.here.tenant)
        for letter in self.sink.caught[before:]:
            self.found.letters += 1
            said = letter_of(letter.message)
            about = f"a letter: {letter.message['Subject']}"
            self.found.listen(said, about)
            if self.here.host not in said or self.here.mark.lower() not in letter.to:
                self.found.leaks.add(f"{about} is not ours")

    def _routes(self, *methods: str) -> list[Route]:
        rules = (each for each in self.app.url_map.iter_rules() if set(methods) & (each.methods or set()))
        return sorted(rules, key=lambda each: each.rule)

    def _route(self, path: str, method: str) -> Route | None:
        try:
            route, _values = self.app.url_map.bind("x").match(path, method, return_rule=True)
        except HTTPException:
            return None
        return route

    def _groups(self, route: Route, thrift: Thrift) -> Iterator[Group]:
        """Yield all addresses: for each parameter that has ids, one with nobody's and those with others' in its place."""
        own = {name: self.here.values(route, name, thrift.own) for name in sorted(route.arguments)}
        ours = [_build(route, dict(zip(own, each, strict=True))) for each in product(*own.values())]
        first = {name: values[0] for name, values in own.items()}
        for name, values in own.items():
            foreign = [each for cage in self.others for each in cage.values(route, name, thrift.foreign) if each not in values]
            if foreign:
                nobody = str(new_id()) if name.endswith("_id") else NO_TOKEN
                yield Group(route, *_with(route, first, name, [nobody]), _with(route, first, name, foreign), ours)
                ours = []
        if ours:
            yield Group(route, None, [], ours)

    def _exchanges(self, text: str) -> Iterator[list[Values]]:
        """Yield, for each of our ids in a text, what it may be exchanged for: nobody's, then a row of the same table elsewhere."""
        for mine in sorted(self.table_of.keys() & set(UUID.findall(text.lower()))):
            table = self.table_of[mine]
            theirs = (cage.schema.ids[table][0] for cage in self.others)
            yield [{mine: str(each)} for each in (new_id(), *theirs)]

    def _peer(self) -> str:
        number = next(self.peers)
        return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _build(route: Route, values: Values) -> str:
    typed = {name: Id(value) if name.endswith("_id") else value for name, value in values.items()}
    built = route.build(typed)
    assert built
    return built[1]


def _with(route: Route, values: Values, name: str, others: list[str]) -> list[str]:
    return [_build(route, values | {name: each}) for each in others]


def _exchanged(text: str, mapping: Values) -> str:
    for mine, other in mapping.items():
        text = text.replace(mine, other)
    return text


def _in_fields(fields: Fields, mapping: Values) -> Fields:
    return {name: _in_value(value, mapping) for name, value in fields.items()}


def _in_value(value: Any, mapping: Values) -> Any:
    if isinstance(value, list):
        return [_in_value(each, mapping) for each in value]
    return _exchanged(value, mapping) if isinstance(value, str) else value
