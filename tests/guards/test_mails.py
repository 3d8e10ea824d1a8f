"""Every mail of the house is whole: subject, plain and HTML, and says nothing in its subject that it should not."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "templates"
PARTS = (".subject.txt", ".txt", ".html")
OWN_WAY = {"people/sign_in", "people/new_step", "people/invitation"}  # no notices: their links are made as they are sent
FOUND = {str(path.relative_to(TEMPLATES / "mail")).split(".", 1)[0] for path in (TEMPLATES / "mail").glob("*/*.*")}
KINDS = sorted(FOUND - OWN_WAY)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_has_all_its_parts(kind: str) -> None:
    assert [part for part in PARTS if not (TEMPLATES / "mail" / f"{kind}{part}").exists()] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_subject_is_one_neutral_line_that_names_nobody(kind: str) -> None:
    text = (TEMPLATES / "mail" / f"{kind}.subject.txt").read_text(encoding="utf-8").strip()
    assert "\n" not in re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL).strip()
    assert "person" not in text
    assert ".name" not in text


@pytest.mark.parametrize("kind", KINDS)
def test_mails_take_addresses_from_the_tenant_and_never_from_a_request(kind: str) -> None:
    for part in PARTS:
        text = (TEMPLATES / "mail" / f"{kind}{part}").read_text(encoding="utf-8")
        assert "url_for" not in text
        assert "request." not in text
