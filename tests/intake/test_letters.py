"""What coordinators are told of a request says that there is one, and nothing of whom or what it is about."""

import pytest
from flask import Flask

from maagal.db import commit, db
from maagal.ids import new_id
from tenants.intake import actions
from tenants.notifications import notices as letters
from tenants.notifications.actions import tell
from tenants.notifications.models import Notice
from tenants.people.models import Person
from tests.circle import Circle
from tests.intake.asking import ASKED


@pytest.mark.parametrize("kind", ["intake/new_request", "intake/ownerless"])
def test_a_letter_names_nobody_and_leads_to_the_request(house: Flask, circle: Circle, kind: str) -> None:
    made = actions.submit(ASKED, new_id())
    tell(circle.dana, kind, once=str(made.id), request_id=made.id)
    commit()
    notice = db.session.scalar(db.select(Notice))
    with house.test_request_context("/"):
        letter = letters.what(notice, db.session.get_one(Person, circle.dana))
        line = letters.line(notice)
    address = f"/requests/{notice.about['request_id']}"
    for text in (letter.plain, letter.html, line):
        assert address in text
        assert "נועה" not in text
        assert "קשה לי" not in text
    assert letter.subject
    assert "נועה" not in letter.subject
