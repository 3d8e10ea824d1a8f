"""Icons: drawn into the page, silent unless they are all that says something."""

import pytest
from markupsafe import Markup

from maagal.icons import icon


def test_an_icon_beside_words_is_hidden_from_screen_readers() -> None:
    assert 'aria-hidden="true"' in icon("users")
    assert "role=" not in icon("users")


def test_an_icon_alone_says_its_label_and_only_as_text() -> None:
    drawn = icon("search", label='find "all" <b>')
    assert 'role="img" aria-label="find &#34;all&#34; &lt;b&gt;"' in drawn
    assert "aria-hidden" not in drawn


@pytest.mark.parametrize("name", ["users", "house", "calendar-check", "heart-handshake"])
def test_an_icon_obeys_the_content_security_policy(name: str) -> None:
    drawn = icon(name)
    assert isinstance(drawn, Markup)
    assert "style=" not in drawn
    assert drawn.count("<svg") == drawn.count("</svg>") == 1


def test_an_arrow_can_turn_with_the_direction_of_reading() -> None:
    assert 'class="icon icon-turns"' in icon("chevron-right", turns=True)


def test_an_unknown_icon_is_an_error_at_once() -> None:
    with pytest.raises(KeyError):
        icon("no-such-drawing")
