"""How tests ask for help, as a visitor would."""

from itertools import count
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from maagal.db import db
from tenants.intake.asked import Asked
from tenants.intake.models import HelpRequest
from tests.circle import token

REACH = {"first_name": "נועה", "phone": "052-1112233", "safe_channel": "sms", "safe_hours": "בבוקר"}
NEED = {"urgency": "soon", "life_areas": ["financial", "housing"], "words": "החובות גדלו ואין לי עם מי לדבר"}
WISHES = {"languages": ["he"], "locality": "חיפה", "mode": "either", "free_hours": ["0m", "0n", "2e"]}
ASKED = Asked(first_name="נועה", phone="+972521112233", life_areas=("financial",), words="קשה לי")
_hosts = count(1)


def from_elsewhere(client: FlaskClient) -> FlaskClient:
    """Let a client ask from an address of its own, so that no other test used up its share."""
    number = next(_hosts)
    client.environ_base["REMOTE_ADDR"] = f"10.7.{number // 250}.{number % 250 + 1}"
    return client


def post(client: FlaskClient, path: str, told: dict[str, object], then: str = "next") -> TestResponse:
    """Post a step with a token of the page."""
    return client.post(path, data=told | {"then": then, "csrf_token": token(client)})


def ask_for_help(client: FlaskClient, **reach: str) -> TestResponse:
    """Walk the three steps; return the answer to the sending."""
    from_elsewhere(client)
    assert post(client, "/help", REACH | reach).status_code == 303
    assert post(client, "/help/need", NEED).status_code == 303
    return post(client, "/help/wishes", WISHES, "send")


def reload(request_id: UUID) -> HelpRequest:
    db.session.expire_all()
    return db.session.get_one(HelpRequest, request_id)
