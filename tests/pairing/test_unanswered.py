"""What nobody answered satisfies no condition, and keeps nobody out who needs no consent."""

import pytest

from maagal.db import commit, db
from tenants.pairing import rounds
from tenants.people.models import Profile

HAIFA, EILAT = (32.79, 34.99), (29.56, 34.95)


def answers(person_id, place, mode):
    profile = db.session.get_one(Profile, person_id)
    (profile.latitude, profile.longitude), profile.mode = place, mode


@pytest.mark.parametrize(
    ("theirs", "mentors", "where", "served"),
    [
        (None, "either", EILAT, 0),  # far apart, and nobody said that they would meet remotely
        (None, None, EILAT, 0),
        (None, None, HAIFA, 1),  # neighbours need not be asked
        (None, "remote", HAIFA, 0),
        ("either", "remote", EILAT, 1),
    ],
)
def test_silence_is_no_yes_to_meeting_remotely(circle, theirs, mentors, where, served):
    answers(circle.pnina, HAIFA, theirs)
    answers(circle.miri, where, mentors)
    commit()
    assert rounds.begin([circle.community]).result["served"] == served
