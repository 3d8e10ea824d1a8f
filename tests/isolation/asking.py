"""Asking as one of a tenant's people without being changed by it, and what every answer is judged by."""

from collections import Counter
from collections.abc import Iterable
from contextvars import Context
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule as Route
from werkzeug.test import TestResponse

from maagal.db import db
from tests.circle import Browser, at, token
from tests.guards.world import IDLE
from tests.isolation.cage import Cage, react
from tests.isolation.findings import Findings
from tests.isolation.forms import Fields, forms_of, sent
from tests.isolation.reading import UUID, alike, letter_of, words_of
from tests.smtp_sink import Sink

DEEPEST, FOLLOWED = 3, 2  # changes upon a change; changes of one kind whose page is opened


class Asking:
    """The requests of one tenant's people. What a request changed is looked at and undone."""

    def __init__(self, app: Flask, here: Cage, others: list[Cage], sink: Sink, people: Iterable[str | None]) -> None:
        """Let everybody sign in and everything that is due be done; what is there then is what every request meets."""
        self.app, self.here, self.sink = app, here, sink
        self.found = Findings(here, others)
        self.peers, self.deep, self.changes = count(1), 0, Counter[str]()
        self.absent: dict[tuple[str, str, str], tuple[Any, ...]] = {}
        self.clients = [enter(app, here, name, self.peer()) for name in people]
        self.settle()
        here.schema.keep()
        self.table_of = {str(each): table for table, ids in here.schema.ids.items() for each in ids}

    def ask(
        self, client: Browser, method: str, route: Route, address: str, fields: Fields | None = None, headers: Any = None
    ) -> TestResponse:
        """Ask, judge the answer, undo what it did, and let the client be who it was."""
        self.found.asked += 1
        data = {**sent(fields), "csrf_token": client.token} if fields is not None else None
        peer = {"REMOTE_ADDR": self.peer()}
        answer = client.open(address, method=method, data=data, headers=headers, environ_overrides=peer)
        client._cookies = dict(client.kept)
        about = f"{client.who}: {method} {route.endpoint} {address}"
        self.found.listen(words_of(answer), about, f"{address} {fields}".lower())
        if answer.status_code >= 500 and route.endpoint not in IDLE:
            self.found.broken.add(f"{about}: {answer.status_code} {fields or ''}")
        if answer.status_code < 400 and "/sign-in?next=" not in answer.headers.get("Location", ""):
            self.found.reached.add((method, route.endpoint))
            if method == "POST":
                self._undo(client, route, answer)
        return answer

    def compare(self, client: Browser, method: str, route: Route, one: Any, other: Any) -> None:
        """Note where two requests (address, fields) are answered differently, also when both are asked again."""
        key = client.who, method, str(other)
        if key not in self.absent:
            self.absent = {key: self._shape(client, method, route, other)}  # the next comparisons are with the same
        if self._shape(client, method, route, one) == self.absent[key]:
            return
        again = [self._shape(client, method, route, each) for each in (one, other)]
        if again[0] != again[1]:
            codes = [shape[0] for shape in again]
            self.found.unlike.add(f"{client.who}: {method} {route.endpoint} {codes} {one} {other}")

    def _shape(self, client: Browser, method: str, route: Route, asked: Any) -> tuple[Any, ...]:
        return alike(self.ask(client, method, route, *asked), f"{asked}", self.table_of)

    def settle(self, later: timedelta = timedelta()) -> None:
        """Let the house react to whatever happened, or will be due later, and read every letter that went out."""
        before = len(self.sink.caught)
        Context().run(react, self.app, self.here.tenant, later)
        for letter in self.sink.caught[before:]:
            self.found.letters += 1
            said, about = letter_of(letter.message), f"a letter: {letter.message['Subject']}"
            self.found.listen(said, about)
            if self.here.host not in said or self.here.mark not in letter.to:
                self.found.leaks.add(f"{about} is not ours")

    def route(self, path: str, method: str) -> Route | None:
        """Return the route that answers a path, or None."""
        try:
            route, _values = self.app.url_map.bind("x").match(path, method, return_rule=True)
        except HTTPException:
            return None
        return route

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
        page = self.route(urlsplit(location).path, "GET")
        if page is None:
            return
        answer = self.ask(client, "GET", page, location)
        for form in forms_of(answer.text, location, self.here.mark) if answer.mimetype == "text/html" else ():
            path = urlsplit(form.address).path
            route = self.route(path, form.method)
            if route and form.method == "POST" and ("POST", route.endpoint) not in self.found.reached:
                self.ask(client, "POST", route, path, form.fields)

    def peer(self) -> str:
        """Return an address that nobody asked from, so that nobody's share is used up."""
        number = next(self.peers)
        return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def enter(app: Flask, cage: Cage, name: str | None, peer: str) -> Browser:
    """Return a client of one of a tenant's people, or of nobody."""
    with app.app_context():
        db.session.remove()
        client = at(app, cage.tenant, cage.people[name] if name else None)
    client.environ_base["REMOTE_ADDR"] = peer
    client.token, client.who, client.roles = token(client), name or "visitor", cage.roles(name)
    client.kept = dict(client._cookies)
    return client


def ids_in(text: str) -> set[str]:
    """Return the ids in a text."""
    return set(UUID.findall(text.lower()))
