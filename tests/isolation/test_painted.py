"""The canary itself: a crawl proves nothing of a text that does not sing."""

import pytest

from maagal.db import within
from tests.isolation.conftest import SLUGS
from tests.isolation.painting import CODES, unpainted


@pytest.mark.parametrize("slug", SLUGS)
def test_every_text_of_every_table_carries_its_tenants_mark(context, cages, slug):
    cage = cages[slug]
    assert [table for table in cage.schema.columns if not cage.schema.rows(table)] == []
    with within(cage.tenant):
        assert unpainted(cage.schema, f"CANARY-{slug}") == []


def test_every_column_that_is_said_to_hold_no_words_is_there(cages):
    columns = {(table, each.name) for table, found in cages["rowan"].schema.columns.items() for each in found}
    known = {name for _table, name in columns} | {f"{table}.{name}" for table, name in columns}
    assert CODES.keys() - known == set()
