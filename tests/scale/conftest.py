"""What is asked of PostgreSQL, seen by whoever administers it."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy.engine import make_url

from maagal.bootstrap import plain
from maagal.config import Settings


@pytest.fixture
def administrator(context: object) -> Iterator[psycopg.Connection]:
    """The server's administrator; ends what it began."""
    with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as connection:
        yield connection
