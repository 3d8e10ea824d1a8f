"""Who is needed besides the circle, and a mail server."""

from collections.abc import Iterator
from email.message import EmailMessage
from uuid import UUID

import pytest

from maagal.config import settings
from maagal.db import commit
from maagal.tenancy import Tenant
from tests.circle import Circle, make_person
from tests.people.signing_in.postbox import open_postbox


@pytest.fixture
def ella(circle: Circle) -> UUID:
    """The administration."""
    made = make_person("Ella", "Min", "administrator", None)
    commit()
    return made


@pytest.fixture
def letters(oak: Tenant, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EmailMessage]]:
    """What a mail server was given so far."""
    with open_postbox() as (address, kept):
        monkeypatch.setattr(settings(), "mail_url", address)
        yield kept
