"""Every page that somebody can reach by links: same place, GET only, a few addresses of each kind."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit

from playwright.sync_api import Error, Page

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{43}|\d+")
LINKS = "() => [...document.querySelectorAll('a[href]')].map(a => a.href)"
STATUS = "url => fetch(url).then(answer => answer.status)"


@dataclass
class Visited:
    """A page as it was found: its address, what answered, and what the browser complained about."""

    url: str
    status: int
    complaints: list[str] = field(default_factory=list)
    is_file: bool = False

    @property
    def kind(self) -> str:
        """The address without what tells one thing from another of its kind."""
        return kind_of(self.url)

    @property
    def wrong(self) -> str:
        """What is wrong with it, or nothing."""
        said = ([] if self.status == 200 else [f"answered {self.status}"]) + self.complaints
        return f"{self.url}: {'; '.join(said)}" if said else ""


def kind_of(url: str) -> str:
    """Return an address's path with ids replaced by a star."""
    return ID.sub("*", urlsplit(url).path)


def crawl(page: Page, start: str = "/", *, each: int = 2, known: frozenset[str] = frozenset()) -> Iterator[Visited]:
    """Yield what can be reached from START, at most EACH of a kind, nothing of a KNOWN kind; the page stands there meanwhile."""
    origin = _origin(page.url)
    queue, seen, count = deque([urljoin(page.url, start)]), set[str](), Counter[str]()
    while queue:
        url = queue.popleft()
        kind = kind_of(url)
        if url in seen or kind in known or count[kind] >= each:
            continue
        seen.add(url)
        found = visit(page, url)
        count[kind] += 1
        if found.url != url and (found.url in seen or kind_of(found.url) in known):
            continue  # led to a page that we know
        seen.add(found.url)
        if not found.is_file:
            links = [urldefrag(link).url for link in page.evaluate(LINKS)]
            queue.extend(link for link in links if _origin(link) == origin)
        yield found


def visit(page: Page, url: str) -> Visited:
    """Open an address and listen to what the browser says of it; a file is fetched and not opened."""
    complaints: list[str] = []
    listen = lambda message: complaints.append(message.text) if message.type == "error" else None  # noqa: E731  taken away by name
    fail = lambda error: complaints.append(str(error))  # noqa: E731  as above
    page.on("console", listen)
    page.on("pageerror", fail)
    try:
        answer = page.goto(url)
        page.wait_for_load_state("load")
        return Visited(urldefrag(page.url).url, answer.status if answer else 200, complaints)
    except Error as why:
        if "Download is starting" not in str(why) and "ERR_ABORTED" not in str(why):
            raise
        return Visited(url, page.evaluate(STATUS, url), complaints, is_file=True)
    finally:
        page.remove_listener("console", listen)
        page.remove_listener("pageerror", fail)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
