"""Step 2: the coordinator's own sheet comes in, faulty rows stay out, and a second time nobody is made twice."""

from pathlib import Path

from maagal.tour.page import Page, words
from maagal.tour.trouble import must
from maagal.tour.waiting import wait_for
from maagal.tour.world import World, numbers

SHOWN = 3  # faults that the tour repeats; the page names all


def run(world: World) -> str:
    """Upload, columns, dry run, commit, failed rows back; the same file again; an employer's staff apart."""
    before = _count(world)
    checked = _checked(world, world.sheet.file)
    good, faulty = _stats(checked)[:2]
    must(good, f"not one row of {world.sheet.file.name} can come in; {_faults(checked) or 'it is empty'}")
    found = _found(checked)
    world.picture("2-dry-run", world.coordinator, checked)
    done = _committed(world, checked)
    made = _stats(done)[0]
    must(_count(world) - before == made, f"{made} were to come in, {_count(world) - before} did")
    files = _failed_rows(world, done)
    _again(world)
    staff = _staff(world)
    return f"{good} good and {faulty} faulty rows, {made} people came in{found}{files}; again: nobody{staff}"


def _checked(world: World, file: Path) -> Page:
    """Upload a sheet and settle its columns as they were recognised; return the dry run."""
    browser = world.coordinator
    columns = browser.upload(browser.get("/import").form("/import"), "sheet", file.name, file.read_bytes())
    page = browser.send(columns.form("/columns"))
    return wait_for(lambda: _settled(world, page.path), f"the dry run of {file.name}")


def _settled(world: World, path: str) -> Page | None:
    page = world.coordinator.get(path)
    return None if page.all("#progress") else page


def _committed(world: World, checked: Page) -> Page:
    page = world.coordinator.send(checked.form("/commit"))
    return wait_for(lambda: _settled(world, page.path), "the rows to come in")


def _again(world: World) -> None:
    """Bring the very same file in once more: nobody is created, whatever can still be pressed."""
    before = _count(world)
    checked = _checked(world, world.sheet.file)
    must(not _stats(checked)[0], f"the same file again would make {_stats(checked)[0]} people")
    if checked.all("form[action$='/commit'] button.primary"):
        _committed(world, checked)
    must(_count(world) == before, "the same file again made people")


def _staff(world: World) -> str:
    """Bring an employer's staff in: records of their own, nobody new in the house."""
    if world.sheet.staff is None:
        return ""
    before = _count(world)
    done = _committed(world, _checked(world, world.sheet.staff))
    must(_count(world) == before, "a staff file made people")
    return f"; staff file: {_stats(done)[0]} records, kept apart"


def _failed_rows(world: World, done: Page) -> str:
    """Download the rows that did not come in, in both forms."""
    links = [str(link["href"]) for link in done.all("main a[href*='/to-correct.']")]
    for link in dict.fromkeys(links):
        got = world.coordinator.get(link)
        must(len(got.body) > 0, f"{link} is empty")
        world.keep(f"2-{link.rpartition('/')[2]}", got.body)
    return "; failed rows given back" if links else ""


def _found(checked: Page) -> str:
    """Repeat what the dry run names: faulty cells by row, and people who stand there twice."""
    twins = [str(numbers(words(each))[0]) for each in checked.all("#duplicates .title")]
    named = _faults(checked)
    said = [f"faults: {named}"] if named else []
    said += [f"probably twice: row {', '.join(twins)}"] if twins else []
    return "".join(f"; {each}" for each in said)


def _faults(checked: Page) -> str:
    lines = [f"{words(line.select('.title')[0])} ({words(line.select('p')[0])})" for line in checked.all("#faults li")]
    more = f" and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return ", ".join(lines[:SHOWN]) + more


def _stats(page: Page) -> list[int]:
    return [numbers(words(each))[0] for each in page.all("main .stats .value")]


def _count(world: World) -> int:
    return sum(len(pages) for pages in world.people().values())
