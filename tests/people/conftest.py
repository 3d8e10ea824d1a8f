"""Who is needed besides the circle."""

from uuid import UUID

import pytest

from maagal.db import commit
from tests.circle import Circle, make_person


@pytest.fixture
def ella(circle: Circle) -> UUID:
    """The administration."""
    made = make_person("Ella", "Min", "administrator", None)
    commit()
    return made
