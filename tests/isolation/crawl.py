"""The crawl: one tenant's people ask every endpoint for everything that lies in any tenant, and nothing foreign may sing.

Addresses come from the application's map, ids from the catalog, forms and questions from the pages themselves: what is new
is asked as soon as it is there.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product
from urllib.parse import urlencode, urlsplit

from flask import Flask
from werkzeug.routing import Rule as Route
from werkzeug.test import TestResponse

from maagal.ids import new_id
from maagal.permissions import VISITOR, OpenRule
from tests.circle import Browser
from tests.guards.world import views
from tests.isolation.addresses import Group, Thrift, Values, build, exchanged, groups, in_fields
from tests.isolation.asking import Asking, enter, ids_in
from tests.isolation.cage import Cage
from tests.isolation.forms import Fields, forms_of, links_of
from tests.isolation.reading import part_of
from tests.smtp_sink import Sink

SHAPES = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")
HTMX = {"HX-Request": "true"}


class Crawl(Asking):
    """One tenant's crawl; `walk` lets somebody ask for everything."""

    def __init__(self, app: Flask, cages: list[Cage], sink: Sink, people: Iterable[str | None], thrift: Thrift) -> None:
        here, *others = cages
        super().__init__(app, here, others, sink, people)
        self.others, self.thrift = others if thrift.insist else others[:1], thrift
        self.exchanged: set[tuple[str, ...]] = set()
        self.framed: set[str] = set()  # whose page was read with its frame
        self.forms: dict[str, list[Fields]] = defaultdict(list)  # endpoint, or address -> ways to fill in its form

    def let_others_look(self) -> None:
        """Let a coordinator of each other tenant see every page first: what a process keeps of it must not show here."""
        for cage in self.others:
            client = enter(self.app, cage, "dana", self.peer())
            for route in views(self.app, "GET"):
                values = {name: cage.values(route, name, 1)[0] for name in route.arguments}
                client.get(build(route, values), environ_overrides={"REMOTE_ADDR": self.peer()})

    def walk(self, client: Browser) -> None:
        """Look at everything, ask what pages let one ask, and send everything."""
        questions: set[str] = set()
        for route in views(self.app, "GET"):
            self._look(client, route, questions)
        for question in sorted(questions):
            self._question(client, question)
        for route in views(self.app, "POST"):
            self._send(client, route)

    def try_methods(self, client: Browser) -> None:
        """Ask each route by the methods that no page uses."""
        for route in views(self.app, "GET", "POST"):
            for group in groups(route, self.here, self.others, self.thrift):
                for address, method in product((group.theirs[:1] if self.thrift.insist else []) + group.ours[:1], SHAPES):
                    self.ask(client, method, route, address)

    def _look(self, client: Browser, route: Route, questions: set[str]) -> None:
        """Get a route with ids of everybody; read the pages that are ours."""
        for group in groups(route, self.here, self.others, self.thrift):
            self._compare(client, "GET", route, group)
            for address in group.ours if self._is_for(client, route) else ():
                answer = self.ask(client, "GET", route, address)
                if answer.status_code == 200:
                    self.found.note_mark(route.endpoint, client.who, answer)
                    if answer.mimetype == "text/html":
                        self._read(client, answer, address, questions)
                elif answer.status_code == 404 and group.nothing:
                    self.compare(client, "GET", route, (address,), (group.nothing,))
            if group.ours and self._is_for(client, route):
                self.ask(client, "GET", route, group.ours[0], headers=HTMX)

    def _read(self, client: Browser, answer: TestResponse, address: str, questions: set[str]) -> None:
        """Remember the forms and the questions of a page."""
        html = part_of(answer.text) if client.who in self.framed else answer.text  # the frame is the same on every page
        self.framed.add(client.who)
        questions.update(links_of(html))
        for form in forms_of(html, address, self.here.mark):
            path = urlsplit(form.address).path
            route = self.route(path, form.method)
            if form.method == "GET":
                questions.add(f"{path}?{urlencode(form.fields, doseq=True)}")
            elif route is not None:
                for key in (path, route.endpoint):
                    if form.fields not in self.forms[key]:
                        self.forms[key].append(form.fields)

    def _question(self, client: Browser, question: str) -> None:
        """Ask a page its question, then with another tenant's ids in it, which are as good as nobody's."""
        if route := self.route(urlsplit(question).path, "GET"):
            self.ask(client, "GET", route, question)
            if self._was_exchanged(client, route, question.partition("=")[0]):
                return
            for nothing, *theirs in self._exchanges(question):
                for each in theirs:
                    asked = [(exchanged(question, mapping),) for mapping in (each, nothing)]
                    self.compare(client, "GET", route, *asked)

    def _send(self, client: Browser, route: Route) -> None:
        """Post to a route: with nothing, as its pages offer it, and with ids of others in the body and in the address."""
        for group in groups(route, self.here, self.others, self.thrift):
            if self._is_for(client, route) or self.thrift.insist:
                self._compare(client, "POST", route, group, *self.forms[route.endpoint][:1] or [{}])
            for address in group.ours if self._is_for(client, route) else ():
                self.ask(client, "POST", route, address, {})
                for fields in (self.forms[address] or self.forms[route.endpoint][:1])[: self.thrift.ways]:
                    answer = self.ask(client, "POST", route, address, fields)
                    self._exchange(client, route, address, fields)
                    if answer.status_code < 400:
                        break

    def _exchange(self, client: Browser, route: Route, address: str, fields: Fields) -> None:
        """Send a form with another tenant's ids in it, which are as good as nobody's; where we are thrifty, once a form."""
        if self._was_exchanged(client, route, *fields):
            return
        for nothing, *theirs in self._exchanges(str(fields)):
            for each in theirs:
                asked = [(address, in_fields(fields, mapping)) for mapping in (each, nothing)]
                self.compare(client, "POST", route, *asked)

    def _was_exchanged(self, client: Browser, route: Route, *names: str) -> bool:
        """Whether a form or a question of this shape was asked with others' ids before: by anybody, or by them if we insist."""
        shape = client.who if self.thrift.insist else "", route.endpoint, *names
        seen = shape in self.exchanged
        self.exchanged.add(shape)
        return seen

    def _compare(self, client: Browser, method: str, route: Route, group: Group, fields: Fields | None = None) -> None:
        """What is another's answers as what is not there; so does ours to whom it is not for, where we insist."""
        if not self.thrift.insist and not self._is_for(client, route):
            self.ask(client, method, route, (group.theirs or group.ours)[0], fields)
            return
        forbidden = group.ours[:1] if group.nothing and not self._is_for(client, route) else []
        for address in [*group.theirs, *forbidden]:
            self.compare(client, method, route, (address, fields), (group.nothing, fields))

    def _is_for(self, client: Browser, route: Route) -> bool:
        """Whether the matrix opens a route to one of somebody's roles."""
        rule = self.app.view_functions[route.endpoint].needs
        return bool(client.roles & rule.roles) or (isinstance(rule, OpenRule) and VISITOR not in client.roles)

    def _exchanges(self, text: str) -> Iterator[list[Values]]:
        """Yield, for each of our ids in a text, what it is exchanged for: nobody's, then a row of the same table elsewhere."""
        for mine in sorted(self.table_of.keys() & ids_in(text)):
            theirs = (cage.schema.ids[self.table_of[mine]][0] for cage in self.others)
            yield [{mine: str(each)} for each in (new_id(), *theirs)]
