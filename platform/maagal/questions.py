"""Selects of hot pages: compiled once in the life of the process, and asked together in one round trip.

Building and compiling a select costs more than PostgreSQL needs to answer it. A question is a module's constant with named
binds (`among` instead of a list that grows); its rows are plain and are read in the request's transaction.

A reader yields what it asks and is handed the rows. Called like any function, it is answered alone; `together` answers
several, and whatever they ask at the same step is one round trip.
"""

from collections import namedtuple
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import nullcontext
from itertools import islice
from typing import Any, Generic, NamedTuple, ParamSpec, TypeVar

from sqlalchemy import Boolean, ColumnElement, Insert, Select, any_, bindparam, event, or_
from sqlalchemy.dialects.postgresql import ARRAY, psycopg
from sqlalchemy.orm import Session

from maagal.db import HouseSession, db, keep_aim

DIALECT = psycopg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy does not type its dialects
ALONG, PROMISED = "along", "promised"
P = ParamSpec("P")
T = TypeVar("T")


class Question:
    """A select whose text never changes; the binds that it leaves open are named when it is asked."""

    def __init__(self, statement: Select[Any]) -> None:
        compiled = statement.compile(dialect=DIALECT)
        self.text = compiled.string
        self.values: Mapping[str, Any] = compiled.params
        columns = statement.selected_columns.keys()
        self.row: Any = namedtuple("Row", columns)  # type: ignore[misc]  # noqa: PYI024  its names are the columns

    def of(self, **values: Any) -> "Asked":
        """Ask it with these values."""
        return Asked(self, {**self.values, **values})

    def rows(self, **values: Any) -> list[Any]:
        """Ask it alone; return its rows."""
        return _answers([self.of(**values)])[0]


class Asked(NamedTuple):
    """A question with the values of its binds."""

    question: Question
    values: Mapping[str, Any]


Asking = Generator[Sequence[Asked], Sequence[list[Any]], T]


class Reader(Generic[P, T]):
    """A function that yields what it asks and is handed, for each question, its rows."""

    def __init__(self, asking: Callable[P, Asking[T]]) -> None:
        self.asking = asking
        self.__doc__ = asking.__doc__

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """Answer it alone."""
        found: list[T] = together(self.asking(*args, **kwargs))
        return found[0]


def reader(asking: Callable[P, Asking[T]]) -> Reader[P, T]:
    """Let a function that yields what it asks be called as any other, and be answered together with others."""
    return Reader(asking)


class Promise(Generic[T]):
    """What is asked along with whatever is asked together next, and at the latest when the answer is needed."""

    def __init__(self, ask: Callable[[], Asking[T]]) -> None:
        self.ask = ask
        self.answers: list[T] = []
        db.session().info.setdefault(PROMISED, []).append(self)

    def answer(self) -> T:
        """Return the answer; ask now where nothing was asked since, or the asking failed."""
        self.answers = self.answers or together(self.ask())
        return self.answers[0]


class Note:
    """An insert whose text never changes, sent along with whatever is asked next, or at the latest before the commit."""

    def __init__(self, statement: Insert, columns: Sequence[str]) -> None:
        self.text = statement.compile(dialect=DIALECT, column_keys=list(columns)).string

    def send_along(self, **values: Any) -> None:
        """Insert these values, in the transaction at hand."""
        session = db.session()
        if not session.in_transaction():
            session.connection()  # begun here, so that a rollback is heard of and nothing waits beyond it
        session.info.setdefault(ALONG, []).append((self.text, values))


def among(column: Any, name: str, values: Iterable[Any] | None = None) -> ColumnElement[bool]:
    """Select rows whose column is one of a list: of these values, or of those that will be bound to the name."""
    bound = bindparam(name, type_=ARRAY(column.type)) if values is None else bindparam(name, list(values), ARRAY(column.type))
    found: ColumnElement[bool] = column == any_(bound)
    return found


def anywhere_or_among(column: Any, name: str) -> ColumnElement[bool]:
    """Do the same, or select every row where `none_named` is bound to True."""
    return or_(bindparam("none_named", type_=Boolean()), among(column, name))


def together(*askings: Asking[Any]) -> list[Any]:
    """Answer several at once, and what was promised; return what each of them returns."""
    promised = db.session().info.pop(PROMISED, [])
    both = at_once(*askings, *(promise.ask() for promise in promised))
    found: Any = None
    while True:
        try:
            found = _answers(both.send(found))
        except StopIteration as over:
            results: list[Any] = over.value
            break
    for promise, answer in zip(promised, results[len(askings) :], strict=True):
        promise.answers = [answer]
    return results[: len(askings)]


def gathered(readers: Iterable[Callable[..., T]], *about: Any) -> Asking[list[T]]:
    """Ask what each of a slot's functions asks about something; those that are no readers are called as they are."""
    return at_once(*(each.asking(*about) if isinstance(each, Reader) else _called(each, *about) for each in readers))


def at_once(*askings: Asking[Any]) -> Asking[list[Any]]:
    """Make one asking of several that go on step by step."""
    results: dict[Asking[Any], Any] = {}
    heard: dict[Asking[Any], Any] = dict.fromkeys(askings)
    while heard:
        wanted: dict[Asking[Any], Sequence[Asked]] = {}
        for each, rows in heard.items():
            try:
                wanted[each] = each.send(rows)
            except StopIteration as over:
                results[each] = over.value
        found = iter((yield [asked for several in wanted.values() for asked in several]) if wanted else ())
        heard = {each: list(islice(found, len(several))) for each, several in wanted.items()}
    return [results[each] for each in askings]


def _called(function: Callable[..., T], *about: Any) -> Asking[T]:
    yield ()
    return function(*about)


def _answers(several: Sequence[Asked]) -> list[list[Any]]:
    """Send it all, with what waits to be sent along; return the rows of each. Refused in another tenant than it began in."""
    session = db.session()
    session.flush()
    keep_aim(session)
    waiting = session.info.pop(ALONG, ())
    if not several and not waiting:
        return []
    driver: Any = session.connection().connection.driver_connection
    with driver.pipeline() if len(several) + len(waiting) > 1 else nullcontext():
        for text, values in waiting:
            driver.execute(text, values)
        cursors = [driver.execute(each.question.text, each.values) for each in several]
    return [list(map(each.question.row._make, cursor.fetchall())) for each, cursor in zip(several, cursors, strict=True)]


def _send_the_rest(session: Session) -> None:
    if session.info.get(ALONG):
        _answers(())


def _forget_the_rest(session: Session, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop(ALONG, None)
        session.info.pop(PROMISED, None)


event.listen(HouseSession, "do_orm_execute", lambda state: _send_the_rest(state.session))  # whoever reads on sees it
event.listen(HouseSession, "before_commit", _send_the_rest)
event.listen(HouseSession, "after_transaction_end", _forget_the_rest)
