"""Step 4: somebody asks for help with a phone number alone, and a coordinator takes them in."""

from maagal.tour.page import Form, Page, words
from maagal.tour.trouble import must
from maagal.tour.world import World, numbers

PHONE = "054-7710{:03}"
FIRST = "תקווה"
NEXT, SEND, LATER = ("then", "next"), ("then", "send"), ("then", "later")


def run(world: World) -> str:
    """Ask, stop, go on elsewhere by the link, send; then take, begin to know, accept."""
    if world.sheet.is_business:
        return "an employer's house is not asked by the public; nothing to do"
    reference = _ask(world)
    queue = world.coordinator.get("/requests")
    page = world.coordinator.get(queue.link("#rows li a.title"))
    page = world.coordinator.send(page.form("/owner"))
    page = world.coordinator.send(page.form("/conversation").with_values(**{"begin-note": "שיחה ראשונה, נקבע המשך"}))
    accept = page.form("/acceptance")
    place = next(iter(accept.values.get("accepted-community", [])), "") or _first_choice(page, "accepted-community")
    page = world.coordinator.send(accept.with_values(**{"accepted-community": place}))
    must(not page.all("form[action$='/acceptance']"), "the request was not accepted")
    world.asked = FIRST
    return f"asked by phone alone, draft resumed once by its link, reference {reference}; taken, talked, accepted"


def _ask(world: World) -> str:
    """Write the request on two devices; return its reference."""
    one, other = world.visitor(), world.visitor()
    reach = one.get("/help").form("/help").with_values(
        first_name=FIRST, phone=PHONE.format(numbers(world.slug)[0]), safe_channel="phone",
        safe_hours="בבקרים, לא בשישי", neutral_sender="y",
    )  # fmt: skip
    saved = one.send(reach, pressed=LATER)
    found = other.get(str(saved.one("#address")["value"]))
    page = other.send(found.form())
    form = page.form("/help")
    must(form.values.get("first_name") == [FIRST], "the draft was lost")
    must(form.values.get("safe_hours"), "the draft lost when it is safe to call")
    need = other.send(form, pressed=NEXT)
    filled = need.form("/help/need").with_values(life_areas=_choices(need, "life_areas")[:2], words="קשה לי לבד מול הבנק")
    wishes = other.send(filled, pressed=NEXT)
    thanks = other.send(_wishes(wishes), pressed=SEND)
    return words(thanks.one("main strong bdi"))


def _wishes(page: Page) -> Form:
    hours = _choices(page, "free_hours")
    return page.form("/help/wishes").with_values(languages=_choices(page, "languages")[:1], mode="either", free_hours=hours)


def _choices(page: Page, name: str) -> list[str]:
    return [str(each["value"]) for each in page.all(f"main input[name='{name}']")]


def _first_choice(page: Page, name: str) -> str:
    found = _choices(page, name)
    must(found, "there is no community to be accepted into")
    return found[0]
