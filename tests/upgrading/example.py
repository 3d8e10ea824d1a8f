"""The worked example of docs/operating.md: people get a column of their phone's digits alone, over two releases.

`python -m tests.upgrading.example FOLDER SLUG` runs the backfill as a process of its own, in small and slow batches.
"""

import sys
from pathlib import Path

from sqlalchemy import text

from maagal import backfill, register
from maagal.app import create_app
from maagal.db import db
from tests.upgrading.releases import release_of

NAME = "people.phone_digits"
EXPAND, CONTRACT = "9001_phone_digits", "9002_phone_digits_for_all"
REVISIONS = {
    EXPAND: "alter table people add column phone_digits text; create index ix_people_phone_digits on people (phone_digits)",
    CONTRACT: "alter table people add constraint ck_people_phone_digits check ((phone is null) = (phone_digits is null))",
}
FILL = text("""
update people set phone_digits = regexp_replace(phone, '[^0-9]', '', 'g')
where id in (
  select id from people where phone is not null and phone_digits is null order by id limit :most for update skip locked)
""")


def fill_phone_digits(most: int) -> int:
    """Fill the digits of people who have a phone and no digits yet; return how many."""
    return db.session.execute(FILL, {"most": most}).rowcount


if __name__ == "__main__":
    with release_of(Path(sys.argv[1])), create_app().app_context():
        list(backfill.run(fill_phone_digits, [register.by_slug(sys.argv[2])], rows=50, pause=0.1))
