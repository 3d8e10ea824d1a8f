"""Three tenants with a canary in every text: two public ones and a business, the same people in each."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from flask import Flask

from tests.isolation.cage import Cage, cage

SLUGS = {"rowan": "public", "alder": "public", "quarry": "business"}


@pytest.fixture(scope="session")
def cages(house: Flask) -> Iterator[dict[str, Cage]]:
    """All three, furnished and painted."""
    with ExitStack() as stay:
        yield {slug: stay.enter_context(cage(house, slug, kind)) for slug, kind in SLUGS.items()}
