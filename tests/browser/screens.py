"""Contact sheets of every page that each role can reach: `bin/screens OUT [--tenant T] [--role R]`."""

import base64
import html
import itertools
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from playwright.sync_api import Browser, Page

from maagal.demo import PLANS
from maagal.instance import PORT
from maagal.permissions import ROLES
from tests.browser.chromium import HEIGHTS, VISITOR, People, chromium, prefer
from tests.browser.crawl import Visited, crawl, visit
from tests.browser.opened import Opened, opened

Look = tuple[str, str, int]  # language, light or dark, width in pixels
LOOKS = tuple(itertools.product(("he", "en"), ("light", "dark"), (1280, 360)))
NAMES = tuple("-".join(map(str, look)) for look in LOOKS)
ACROSS = {1280: 3, 360: 7}
SHOWN = {1280: 620, 360: 300}  # pixels of a picture's width on its sheet
TALLEST = {1280: 1900, 360: 2300}
ON_A_SHEET = {1280: 9, 360: 14}
SHEET = """<!doctype html><meta charset="utf-8"><title>{title}</title><style>
body {{ margin: 12px; font: 14px sans-serif; background: #888 }} main {{ display: grid; gap: 12px; align-items: start;
grid-template-columns: repeat({across}, {shown}px) }} figure {{ margin: 0 }} img {{ inline-size: 100%; display: block }}
figcaption {{ background: #ff9; overflow-wrap: anywhere }}</style><main>{figures}</main>"""


@click.command()
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option("--tenant", "tenants", multiple=True, type=click.Choice([plan.slug for plan in PLANS]), help="Only this one.")
@click.option("--role", "roles", multiple=True, type=click.Choice([VISITOR, *ROLES]), help="Only this one.")
@click.option("--look", "looks", multiple=True, type=click.Choice(NAMES), help="Only this one, as in he-light-1280.")
def main(out: Path, tenants: tuple[str, ...], roles: tuple[str, ...], looks: tuple[str, ...]) -> None:
    """Save contact sheets of every page of the demonstration in OUT; exit 1 where a page is wrong."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as why:
        message = f"cannot write to {out}: {why.strerror}"
        raise click.ClickException(message) from why
    wanted = [look for look in LOOKS if not looks or "-".join(map(str, look)) in looks]
    wrong: list[str] = []
    with house() as found, chromium() as browser:
        for tenant, role in itertools.product(tenants or [plan.slug for plan in PLANS], roles or (VISITOR, *ROLES)):
            wrong += [f"{tenant} {role}: {line}" for line in _role(People(found, browser), tenant, role, wanted, out)]
    (out / "wrong.txt").write_text("\n".join(wrong) + "\n" if wrong else "")
    click.echo("\n".join(wrong) if wrong else f"nothing is wrong; the sheets are in {out}")
    raise SystemExit(1 if wrong else 0)


@contextmanager
def house() -> Iterator[Opened]:
    """Give the house that runs already (bin/run), else one of our own."""
    told = os.environ.get("MAAGAL_PORT", str(PORT))
    if not told.isdecimal():
        message = f"MAAGAL_PORT is no number: {told!r}"
        raise click.ClickException(message)
    port = int(told)
    if _answers(port):
        yield Opened(Path(os.environ.get("MAAGAL_FOLDER", "var")), port)
        return
    click.echo(f"nothing answers on port {port}: opening a house for this")
    with opened() as found:
        yield found


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=3) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _role(people: People, tenant: str, role: str, looks: list[Look], out: Path) -> list[str]:
    """Save the sheets of one role; return what is wrong, a line a page."""
    page = people.page_as(tenant, role)
    found = list(crawl(page))
    wrong = [each.wrong for each in found if each.wrong]
    taken: dict[Look, list[tuple[str, bytes]]] = {look: [] for look in looks}
    for each in found:
        if not each.is_file:
            wrong += _take(page, each, taken)
    people.close()
    for look, pictures in taken.items():
        _save(people.browser, f"{tenant}-{role}-{'-'.join(map(str, look))}", look[2], pictures, out)
    click.echo(f"{tenant} {role}: {len(found)} pages, {len(wrong)} wrong")
    return wrong


def _take(page: Page, known: Visited, taken: dict[Look, list[tuple[str, bytes]]]) -> list[str]:
    """Take a page's pictures, loading it once in each language; return what is wrong that was not before."""
    wrong: list[str] = []
    for locale, looks in itertools.groupby(taken, key=lambda look: look[0]):
        prefer(page.context, page.url, locale=locale)
        now = visit(page, known.url)
        wrong += [f"({locale}) {now.wrong}"] if now.wrong and not known.wrong else []
        for look in looks:
            taken[look].append((known.kind, _picture(page, look)))
    return wrong


def _picture(page: Page, look: Look) -> bytes:
    _locale, scheme, width = look
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST[width])
    page.set_viewport_size({"width": width, "height": height})  # what sticks to the bottom is at the bottom of the picture
    return page.screenshot(type="jpeg", quality=80, animations="disabled")  # a change of light is not caught half-way


def _save(browser: Browser, name: str, width: int, pictures: list[tuple[str, bytes]], out: Path) -> None:
    across, shown, many = ACROSS[width], SHOWN[width], ON_A_SHEET[width]
    page = browser.new_page(viewport={"width": across * (shown + 12) + 24, "height": 900})
    for number, start in enumerate(range(0, len(pictures), many), start=1):
        figures = "".join(_figure(*each) for each in pictures[start : start + many])
        page.set_content(SHEET.format(title=html.escape(name), across=across, shown=shown, figures=figures))
        page.screenshot(path=out / f"{name}-{number}.png", full_page=True)
    page.close()


def _figure(caption: str, picture: bytes) -> str:
    source = base64.b64encode(picture).decode()
    return f'<figure><figcaption>{html.escape(caption)}</figcaption><img src="data:image/jpeg;base64,{source}"></figure>'


if __name__ == "__main__":
    main()
