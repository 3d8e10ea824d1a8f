"""The photographer's process: an order a line on standard input, a word a line back. Only here is playwright needed."""

import json
import sys
from typing import Any

from playwright.sync_api import Browser, Error, sync_playwright


def main() -> None:
    """Serve orders until there are no more."""
    chromium, *flags = filter(None, sys.argv[1:])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        for line in sys.stdin:
            sys.stdout.write(f"{_taken(browser, json.loads(line))}\n")
            sys.stdout.flush()
        browser.close()


def _taken(browser: Browser, order: dict[str, Any]) -> str:
    context = browser.new_context(viewport={"width": order["width"], "height": 900}, locale="he-IL")
    try:
        context.add_cookies([
            {"name": name, "value": value, "url": order["address"]} for name, value in order["cookies"].items()
        ])  # fmt: skip
        page = context.new_page()
        page.goto(order["address"], wait_until="load")
        page.screenshot(path=order["file"], full_page=True)
    except Error as why:
        return why.message.splitlines()[0]
    finally:
        context.close()
    return "taken"


if __name__ == "__main__":
    main()
