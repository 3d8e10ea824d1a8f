"""The pool of blanks, emptied."""

import psycopg

from maagal import provisioning


def take_all_away(connection: psycopg.Connection) -> None:
    """Leave no blank, and no schema that nobody knows of."""
    for (schema,) in connection.execute("select schema_name from control.blank_schemas").fetchall():
        provisioning.drop_blank(connection, schema)
