"""Somebody who asked for help, and a coordinator of another community."""

from uuid import UUID

import pytest

from maagal.db import commit
from maagal.ids import new_id
from tenants.communities.actions import open_community
from tenants.intake import actions
from tests.circle import Circle, make_person
from tests.intake.asking import ASKED


@pytest.fixture
def noa(circle: Circle) -> UUID:
    """Noa's request, just sent."""
    made = actions.submit(ASKED, new_id()).id
    commit()
    return made


@pytest.fixture
def zohar(circle: Circle) -> UUID:
    """A coordinator of another community."""
    made = make_person("Zohar", "Ash", "coordinator", open_community("מעגל אחר").id)
    commit()
    return made
