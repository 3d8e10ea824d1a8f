"""What the tests of a lost second step share: come as far as the door, ask, confirm, open the link."""

from datetime import timedelta

import pyotp
from sqlalchemy import select

from maagal import clock
from maagal.db import db
from tenants.people.renewing import queries
from tenants.people.renewing.models import Renewal
from tests.people.signing_in.door import found, path_in, plain, post_form

NIGHT = timedelta(hours=12, minutes=1)


def at_the_door(browse, work_off, letters, address):
    """Come as far as the second step: the mailbox was shown."""
    client = browse()
    post_form(client, "/sign-in", address=address)
    work_off()
    mine = [letter for letter in letters if letter["To"] == address and "/sign-in/" in plain(letter)]
    assert post_form(client, path_in(mine[-1])).location == "/sign-in/second"
    return client


def asked(browse, work_off, letters, who="dana.rak"):
    client = at_the_door(browse, work_off, letters, f"{who}@example.org")
    assert "/sign-in/lost" in client.get("/sign-in/second").text
    assert post_form(client, "/sign-in/lost", why="lost").status_code == 303
    work_off()
    return client, db.session.scalars(select(Renewal.id).order_by(Renewal.asked_at.desc())).first()


def confirm(client, renewal_id, code, how="met"):
    return post_form(client, f"/second-steps/{renewal_id}/voices", token_from=f"/second-steps/{renewal_id}", how=how, code=code)


def renewal_of(renewal_id):
    db.session.remove()
    return queries.by_id(renewal_id)


def link_in(letters):
    return next(path for letter in reversed(letters) if (path := _link(plain(letter))))


def _link(text):
    return found(r"(/sign-in/new-step/\S{43})", text) if "/sign-in/new-step/" in text else ""


def enrol_by(client, path):
    """Press the button, read the secret, show a first code."""
    shown = post_form(client, path)
    secret = found(r'<code dir="ltr">([A-Z2-7 ]+)</code>', shown.text).replace(" ", "")
    code = pyotp.TOTP(secret).generate_otp(int(clock.now().timestamp()) // 30)
    token = found(r'name="csrf_token"[^>]* value="([^"]+)"', shown.text)
    return client.post(f"{path}/code", data={"csrf_token": token, "code": code})
