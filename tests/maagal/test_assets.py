"""What a page loads: addresses that name their content, kept for ever, with nothing from elsewhere."""

import io
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from fontTools.ttLib import TTFont

from maagal import assets, fonts


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fonts")


@pytest.fixture(scope="session")
def shelf(cache: Path) -> Flask:
    app = Flask("shelf", static_folder=None)
    assets.init_assets(app, cache)
    return app


@pytest.fixture
def reader(shelf: Flask) -> FlaskClient:
    return shelf.test_client()


def address(shelf: Flask, name: str) -> str:
    with shelf.test_request_context():
        return assets.address(name)


@pytest.mark.parametrize("name", ["house.css", "house.js", "htmx.js", "mark.svg", "rubik-core.woff2", "rubik-more.woff2"])
def test_every_asset_is_public_and_kept_for_a_year(shelf: Flask, reader: FlaskClient, name: str) -> None:
    answer = reader.get(address(shelf, name))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers


def test_a_page_of_an_older_release_gets_todays_file_and_does_not_keep_it(reader: FlaskClient) -> None:
    answer = reader.get("/assets/0123456789ab/house.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


def test_an_unknown_name_is_not_found(reader: FlaskClient) -> None:
    assert reader.get("/assets/0123456789ab/passwd").status_code == 404


def test_text_is_squeezed_for_browsers_that_can(shelf: Flask, reader: FlaskClient) -> None:
    where = address(shelf, "htmx.js")
    plain = reader.get(where)
    squeezed = reader.get(where, headers={"Accept-Encoding": "gzip, br"})
    assert brotli.decompress(squeezed.data) == plain.data
    assert len(squeezed.data) * 3 < len(plain.data)
    assert squeezed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


def test_the_style_sheet_names_the_fonts_by_their_content_under_any_prefix(shelf: Flask, reader: FlaskClient) -> None:
    css = reader.get(address(shelf, "house.css")).text
    for name in ("rubik-core.woff2", "rubik-more.woff2"):
        assert f'url("..{address(shelf, name).removeprefix("/assets")}")' in css
    assert "asset:" not in css


def test_the_style_sheet_loads_nothing_from_elsewhere_and_knows_no_left_or_right(shelf: Flask, reader: FlaskClient) -> None:
    css = reader.get(address(shelf, "house.css")).text
    assert "http" not in css.replace('href^="http"', "")
    assert re.findall(r"(?:margin|padding|border)-(?:left|right|top|bottom)", css) == []
    assert re.findall(r"[\s{;](?:left|right|top|bottom|width|height)\s*:", css) == []


def test_the_core_font_has_hebrew_and_latin_and_the_other_the_rest(shelf: Flask, reader: FlaskClient) -> None:
    sent = [reader.get(address(shelf, name)).data for name in ("rubik-core.woff2", "rubik-more.woff2")]
    core, more = (TTFont(io.BytesIO(font)).getBestCmap() for font in sent)
    assert {ord("ש"), ord("a"), ord("₪"), ord("5")} <= core.keys()
    assert {ord("ж"), ord("ع")} <= more.keys()
    assert not core.keys() & {ord("ж"), ord("ع")}


def test_fonts_for_print_stand_still_at_three_weights(cache: Path) -> None:
    made = [TTFont(path) for path in fonts.print_fonts(cache)]
    assert [font["OS/2"].usWeightClass for font in made] == [400, 500, 700]
    assert not any("fvar" in font for font in made)


def test_fonts_are_cut_once(cache: Path, shelf: Flask) -> None:
    before = (cache / "rubik-core.woff2").stat().st_mtime_ns
    assert fonts.web_fonts(cache)["rubik-core.woff2"] == shelf.extensions["assets"]["rubik-core.woff2"].content
    assert (cache / "rubik-core.woff2").stat().st_mtime_ns == before
