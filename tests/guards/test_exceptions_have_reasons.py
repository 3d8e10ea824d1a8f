"""Whatever a checker is told to overlook, and whatever test is passed by, says beside it why."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("platform", "tenants", "workers", "migrations", "benchmarks", "tests")
CODES = r"(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?"
DIRECTIVE = re.compile(rf"#?\s*(?:noqa{CODES}|type:\s*ignore(?:\[[\w, -]+\])?|pragma:\s*no cover|fmt:\s*skip)")
OVERLOOKS = re.compile(r"\bnoqa\b|\btype:\s*ignore|\bno cover\b")
SKIPS = {"skip", "skipif", "xfail"}
WORDS = re.compile(r"[A-Za-z]{2,}.*[A-Za-z]{2,}")


def comments(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def unexplained(source: str) -> Iterator[int]:
    """Yield the lines on which something is overlooked without a word about it in the line or in a comment above."""
    lines, found = source.splitlines(), dict(comments(source))
    for number, comment in found.items():
        above = lines[number - 2].strip() if number > 1 else ""
        if OVERLOOKS.search(comment) and not WORDS.search(DIRECTIVE.sub("", comment)) and not above.startswith("#"):
            yield number


def unexplained_skips(source: str) -> Iterator[int]:
    """Yield the lines on which a test is passed by without a reason in words."""
    tree = ast.parse(source)
    called = {node.func: node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in SKIPS and ast.unparse(node).startswith("pytest."):
            call = called.get(node)
            said = [*call.args, *(each.value for each in call.keywords if each.arg == "reason")] if call else []
            if not any(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in said):
                yield node.lineno


def ours() -> Iterator[Path]:
    return chain.from_iterable((ROOT / folder).rglob("*.py") for folder in FOLDERS)


def test_nothing_is_overlooked_or_passed_by_without_a_reason_beside_it():
    seen = [(path, path.read_text()) for path in ours()]
    assert len(seen) > 500
    bare = [f"{path.relative_to(ROOT)}:{line}" for path, text in seen for line in (*unexplained(text), *unexplained_skips(text))]
    assert bare == []


@pytest.mark.parametrize(("source", "wrong"), [
    ("x = 1  # noqa: S104", [1]),
    ("x = 1  # type: ignore[misc]", [1]),
    ("x = 1  # noqa: S104  as the file says, in a container", []),
    ("x = 1  # type: ignore[misc]  # Flask carries no types", []),
    ("# Flask carries no types\nx = 1  # type: ignore[misc]", []),
    ("x = '# noqa'", []),
])  # fmt: skip
def test_a_bare_exception_is_seen(source, wrong):
    assert list(unexplained(source)) == wrong


@pytest.mark.parametrize(("source", "wrong"), [
    ("@pytest.mark.skip\ndef test(): ...", [1]),
    ("pytest.mark.skipif(True)", [1]),
    ("pytest.mark.skipif(True, reason='nobody is root here')", []),
    ("pytest.skip('nobody is root here')", []),
])  # fmt: skip
def test_a_test_that_is_passed_by_in_silence_is_seen(source, wrong):
    assert list(unexplained_skips(source)) == wrong
