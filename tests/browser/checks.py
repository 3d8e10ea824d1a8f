"""What is asked of every page, besides that it answers."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}, "resultTypes": ["violations"]}
STRUCTURE = """locale => {
  const all = selector => [...document.querySelectorAll(selector)], wrong = [];
  const ids = all('[id]').map(each => each.id), twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  if (all('h1').length !== 1) wrong.push(`${all('h1').length} h1`);
  if (!document.title.trim()) wrong.push('no title');
  if (twice.length) wrong.push(`ids twice: ${twice}`);
  if (document.documentElement.lang !== locale) wrong.push(`lang ${document.documentElement.lang}`);
  if (document.documentElement.dir !== (locale === 'he' ? 'rtl' : 'ltr')) wrong.push(`dir ${document.documentElement.dir}`);
  const bare = all('input:not([type=hidden]), select, textarea').filter(each => !each.labels?.length && !each.ariaLabel);
  if (bare.length) wrong.push(`no label: ${bare.map(each => each.name)}`);
  if (document.documentElement.scrollWidth > innerWidth) wrong.push('wider than the screen');
  return wrong; }"""


def faults(page: Page, locale: str = "he", *, axe: bool = True) -> list[str]:
    """Return what is wrong with the page that is open: its structure, and what axe finds, each with an element."""
    found: list[str] = page.evaluate(STRUCTURE, locale)
    return found + ([_told(each) for each in Axe().run(page, options=RULES).response["violations"]] if axe else [])


def _told(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    why = " ".join(each["message"] for each in nodes[0]["any"])
    return f"{violation['id']} ({len(nodes)}): {nodes[0]['html'][:160]} {why[:160]}"
