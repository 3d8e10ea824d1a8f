"""What lies in a tenant's schema, asked of PostgreSQL's catalog, so that a new table is known the day it is made."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy.engine import make_url

from maagal.bootstrap import plain
from maagal.config import Settings
from maagal.db import db

TABLES = "select tablename from pg_tables where schemaname = %s and tablename <> 'revision' order by 1"
COLUMNS = """
select a.attname, replace(format_type(a.atttypid, null), 'character varying', 'text') as type, a.attnotnull as required
from pg_attribute a where a.attrelid = format('%%I.%%I', %s::text, %s::text)::regclass and a.attnum > 0 and not a.attisdropped
order by a.attnum
"""
CHECKS = """
select pg_get_constraintdef(oid) from pg_constraint
where contype = 'c' and conrelid = format('%%I.%%I', %s::text, %s::text)::regclass
"""
CHOICE = re.compile(r"'([a-z_]+)'::(?:text|character varying)")
LINKS = """
select k.conrelid::regclass::text, a.attname, b.relname from pg_constraint k
join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1] join pg_class b on b.oid = k.confrelid
where k.contype = 'f' and k.connamespace = %s::regnamespace and cardinality(k.conkey) = 1
"""


def administrator(**options: object) -> psycopg.Connection:
    """Connect as the administrator of the server, whom nothing refuses."""
    return psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True, **options)


def close_connections(app: Flask) -> None:
    """Close what a second application held."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@dataclass(frozen=True)
class Column:
    """A column as the catalog knows it: a text with a longest length is a text, and `choices` are all that it can be."""

    name: str
    type: str
    required: bool
    choices: tuple[str, ...] = ()


@dataclass
class Schema:
    """The tables of one tenant; whatever is asked is asked once."""

    connection: psycopg.Connection
    name: str

    @cached_property
    def columns(self) -> dict[str, list[Column]]:
        """Every table's columns."""
        tables = [table for (table,) in self.connection.execute(TABLES, [self.name])]
        return {table: list(self._columns_of(table)) for table in tables}

    def _columns_of(self, table: str) -> Iterator[Column]:
        """Yield a table's columns; the choices of one are what a constraint lets it be."""
        checks = [text for (text,) in self.connection.execute(CHECKS, [self.name, table])]
        for name, kind, required in self.connection.execute(COLUMNS, [self.name, table]):
            one_of = re.compile(rf"\(\(?{name}(\)::text)? = ANY ")
            found = [CHOICE.findall(text) for text in checks if one_of.search(text)]
            yield Column(name, kind, required, tuple(next(iter(found), ())))

    @cached_property
    def links(self) -> dict[tuple[str, str], str]:
        """(table, column) -> the table that the column points to."""
        found = self.connection.execute(LINKS, [self.name]).fetchall()
        return {(table.rpartition(".")[2].strip('"'), column): target for table, column, target in found}

    @cached_property
    def ids(self) -> dict[str, list[UUID]]:
        """Every table's ids, where it has any."""
        has_id = [table for table, columns in self.columns.items() if any(each.name == "id" for each in columns)]
        query = sql.SQL("select id from {} order by id")
        return {t: [row[0] for row in self.connection.execute(query.format(self.table(t)))] for t in has_id}

    def table(self, name: str) -> sql.Identifier:
        """Name a table in a statement."""
        return sql.Identifier(self.name, name)

    def meant_by(self, parameter: str) -> list[str]:
        """Tell which tables an address's `pair_id` may mean: what columns of that name point to, or a name that begins so.

        Nobody knows: then any.
        """
        stem = parameter.removesuffix("_id")
        pointed = {target for (_table, column), target in self.links.items() if column == parameter}
        named = {table for table in self.ids if table.startswith(stem)}
        return sorted((pointed | named) & self.ids.keys()) or sorted(self.ids)

    def keep(self) -> None:
        """Lay a copy of every row aside; whatever was laid aside before is forgotten."""
        self.connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(self._aside)))
        self.connection.execute(sql.SQL("create schema {}").format(sql.Identifier(self._aside)))
        for table in self.columns:
            copy = sql.SQL("create table {} as table {}").format(self.aside(table), self.table(table))
            self.connection.execute(copy)
        self.__dict__.pop("ids", None)

    def put_back(self) -> None:
        """Let every row be as it was laid aside; triggers and foreign keys are not asked."""
        self.connection.execute(self._back)

    @cached_property
    def _back(self) -> bytes:
        steps = [
            sql.SQL("delete from {0}; insert into {0} select * from {1}").format(self.table(t), self.aside(t))
            for t in self.columns
        ]
        whole = sql.SQL("begin; set local session_replication_role = replica; {}; commit").format(sql.SQL("; ").join(steps))
        return whole.as_bytes(self.connection)

    @property
    def _aside(self) -> str:
        return f"aside_{self.name}"

    def aside(self, name: str) -> sql.Identifier:
        """Name the copy of a table that was laid aside."""
        return sql.Identifier(self._aside, name)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Read a table; each row knows its place (`ctid`)."""
        cursor = self.connection.execute(sql.SQL("select ctid::text, * from {}").format(self.table(table)))
        names = [each.name for each in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor]
