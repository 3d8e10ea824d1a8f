"""Every text a person sees goes through gettext, and Hebrew is complete."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "platform/maagal/translations/he/LC_MESSAGES/messages.po"
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2"), ("**.typ", "ignore")]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
KEYWORDS |= {"_n": (1, 2), "lazy_ngettext": (1, 2), "_p": ((1, "c"), 2), "lazy_pgettext": ((1, "c"), 2)}
NAMES = {"PDF", "XLSX", "CSV", "Ctrl", "Enter"}  # of formats and keys, the same in every language
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def asked_for() -> Iterator[tuple[str, tuple[str | None, str]]]:
    """Yield (file, (context or None, message)) of every call of gettext; of a plural, its singular."""
    for folder in ("platform/maagal", "tenants", "templates"):
        for name, _line, message, _notes, context in extract_from_dir(
            ROOT / folder, method_map=METHODS, keywords=KEYWORDS, options_map={"**": {"silent": "false"}}
        ):
            yield f"{folder}/{name}", (context, first_of(message))


@pytest.fixture(scope="module")
def hebrew():
    with CATALOGUE.open(encoding="utf-8") as file:
        catalogue = read_po(file, locale="he")
    return {(message.context, first_of(message.id)): message.string for message in catalogue if message.id}


def first_of(message) -> str:
    return message[0] if isinstance(message, tuple) else message


def test_hebrew_is_complete(hebrew):
    asked = list(asked_for())
    missing = {f"{where}: {entry}" for where, entry in asked if not _said(hebrew.get(entry))}
    assert sorted(missing) == []
    assert len(asked) > 1000


def test_hebrew_holds_nothing_that_nobody_asks_for(hebrew):
    asked = {message for _where, message in asked_for()}
    assert [entry for entry in hebrew if entry not in asked] == []


def test_no_text_quotes_with_straight_marks(hebrew):
    assert [message for _context, message in hebrew if "'" in message or '"' in message] == []


def _said(string) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def test_a_translation_keeps_its_placeholders(hebrew):
    strange = {
        source: form
        for (_context, source), string in hebrew.items()
        for form in (string if isinstance(string, tuple | list) else [string])
        if not set(PLACEHOLDER.findall(form)) <= set(PLACEHOLDER.findall(source)) | {"num"}
    }
    assert strange == {}


def test_hebrew_plurals_have_three_forms(hebrew):
    assert [entry for entry, string in hebrew.items() if isinstance(string, tuple | list) and len(string) != 3] == []


def test_hebrew_speaks_without_slashes(hebrew):
    slashed = re.compile(r"[\u0590-\u05ff]/(ה|ת|ית|ים|ות|י)\b")
    forms = [form for string in hebrew.values() for form in (string if isinstance(string, tuple | list) else [string])]
    assert [form for form in forms if slashed.search(form)] == []


def test_no_text_stands_bare_in_a_template():
    """Words between tags that are neither in a call of gettext nor a name of the house."""
    bare = re.compile(r">\s*([A-Za-z\u0590-\u05ff][^<>{}]{2,})\s*<")
    found = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = re.sub(r"\{#.*?#\}|<!--.*?-->|<style.*?</style>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        found += [f"{path.name}: {words}" for words in bare.findall(text) if words.strip() not in NAMES]
    assert found == []


def test_no_sentence_is_flashed_or_raised_to_people_untranslated():
    """A toast is said through gettext: `done(url, "text")` with a plain string is not."""
    found = []
    for path in (ROOT / "tenants").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"done", "flash"}:
                said = node.args[1] if len(node.args) > 1 and getattr(node.func, "id", "") == "done" else None
                if isinstance(said, ast.Constant) and said.value:
                    found.append(f"{path.name}:{node.lineno}")
    assert found == []
