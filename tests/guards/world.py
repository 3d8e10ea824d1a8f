"""A small complete world in a tenant, lived by the product's own verbs. Every text in it carries the tenant's mark.

Insiders belong to the first community, strangers to the second; `ids` are things of the first, by the name that
addresses give them. An address that asks for something else fails: it has to be added here, or nobody guards it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from itertools import product
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule as Route

from maagal import clock, own_settings, tenancy
from maagal.addresses import CONSOLE
from maagal.db import commit, db
from maagal.demo import Plan, World
from maagal.ids import new_id
from maagal.tenancy import Tenant
from tenants.communities.actions import open_community
from tenants.intake import actions as intake
from tenants.intake import drafts
from tenants.intake.asked import Asked
from tenants.meetings import queries as meetings
from tenants.meetings.actions import links, logs, series
from tenants.meetings.actions.logs import Said
from tenants.meetings.weeks import Slot
from tenants.notifications.models import Notice
from tenants.pairing import actions as pairing
from tenants.pairing import nevers, offers, rounds
from tenants.pairing.models import Never, Pair
from tenants.people import actions as people
from tenants.people.importing import actions as importing
from tenants.people.importing import dry_run
from tenants.people.models import Account, Membership, Person
from tenants.people.renewing import actions as renewing
from tenants.people.renewing import queries as renewals
from tenants.people.signing_in import actions as signing_in
from tenants.reports.actions import make_report
from tenants.reports.months import first_of_month, shifted
from tenants.safeguarding import actions as safeguarding
from tests.circle import make_person

WEEK = timedelta(weeks=1)
INSIDERS = {
    "administrator": ("nurit",), "sponsor": ("benny",), "coordinator": ("dana", "gil"), "advisor": ("adam",),
    "mentor": ("miri", "rut", "talia"), "participant": ("pnina", "gali"),
}  # fmt: skip
STRANGERS = {"coordinator": ("zohar",), "advisor": ("ori",), "mentor": ("yael",), "participant": ("omer",)}
IDLE = frozenset({"health.readyz"})
"""Endpoints that answer 503 here: nobody does the work that this world asks for. tests/operation has them at work."""
SHEET = "תפקיד,שם פרטי,שם משפחה,טלפון,דואל,שפות\nמשתתף,{0},{0},050-9669012,{0}@example.org,עברית\nמשתתף,{0},{0},12,,עברית\n"


@dataclass(frozen=True)
class Home:
    """A furnished tenant: who is who, and candidates for each parameter of an address (the first one that fits will do)."""

    tenant: Tenant
    people: dict[str, UUID]
    ids: dict[str, tuple[str, ...]]

    @property
    def mark(self) -> str:
        """What every text of this tenant contains, in lower case."""
        return mark_of(self.tenant).lower()

    def addresses(self, route: Route, ids: "dict[str, tuple[str, ...]] | None" = None) -> Iterator[str]:
        """Yield the addresses of a route with these ids (our own unless given)."""
        names = sorted(route.arguments)
        for values in product(*(candidates(route, name, ids or self.ids) for name in names)):
            yield route.build(dict(zip(names, values, strict=True)))[1]  # type: ignore[index]  # it has all its values


def candidates(route: Route, name: str, ids: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return what a parameter may be; an endpoint's own (`one_tap.token`) goes before what everybody means by the name."""
    found = ids.get(f"{route.endpoint.partition('.')[0]}.{name}") or ids.get(name)
    assert found, f"{route.endpoint} asks for {name!r}: give the world one (tests/guards/world.py), or nobody guards it"
    return found


def absent(ids: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the same parameters with ids that nothing has."""
    return {name: (str(new_id()),) if name.endswith("_id") else values for name, values in ids.items()}


def mark_of(tenant: Tenant) -> str:
    """Return the canary of a tenant."""
    return f"CANARY-{tenant.slug}"


def mark(what: str) -> str:
    """Return a text of the current tenant."""
    return f"{mark_of(tenancy.current())}-{what}"


def furnish(tenant: Tenant) -> Home:
    """Live through four weeks in the current, empty tenant."""
    world = World(Plan(tenant.slug, tenant.name, tenant.kind, {}), clock.now())
    with world.at(world.now - WEEK * 4):
        ours, theirs = (open_community(mark(name), locality=mark("town")).id for name in ("first", "second"))
        who = _everybody(ours, theirs)
        people.organise({"coordinator": mark("access"), "arrangements": mark("ramp")}, who["nurit"])
        own_settings.put({"welcome": mark("welcome")})
    with world.at(world.now - WEEK * 4 + timedelta(hours=1)):
        pair_id = _active(ours, who)
    with world.at(world.now):
        ids = _asked(ours, who) | _met(pair_id, who) | _kept(ours, who) | _addresses(who)
        offer_id = _offered(ours, who)
        concern = safeguarding.raise_concern(new_id(), who["miri"], 1, mark("concern"), pair=db.session.get_one(Pair, pair_id))
        ids |= {"pair_id": (str(pair_id), str(offer_id)), "concern_id": (str(concern.id),)}
    with world.at(world.now):
        ids["round_id"] = (str(rounds.begin([ours], who["dana"]).id),)
        ids["notice_id"] = tuple(str(_a_notice(who[name])) for name in ("dana", "miri", "pnina"))
    return Home(tenant, who, ids | {"community_id": (str(ours),)})


def _everybody(ours: UUID, theirs: UUID) -> dict[str, UUID]:
    who = {}
    for cast, place in ((INSIDERS, ours), (STRANGERS, theirs)):
        for role, names in cast.items():
            for name in names:
                at = None if role in {"administrator", "sponsor"} else place
                told = {"locality": mark("home"), "other_skills": [mark("skill")], "life_areas": ["financial"]}
                who[name] = make_person(mark(name), mark("family"), role, at, **told)
                db.session.get_one(Person, who[name]).safe_hours = mark("hours")
    return who


def _active(place: UUID, who: dict[str, UUID]) -> UUID:
    """Pair Miri and Pnina."""
    pair = agreed(place, who, "pnina", "miri")
    offers.participant_accepts(pair, who["pnina"])
    pairing.start_trial(pair, who["dana"])
    pairing.activate(pair, who["dana"])
    series.set_series(pair, Slot(0, time(9), 60, remote=False, place=mark("place")), who["dana"])
    return pair.id


def _offered(place: UUID, who: dict[str, UUID]) -> UUID:
    """Ask Gali, after Rut's yes."""
    nevers.forbid(who["gali"], who["talia"], note=mark("never"), actor_id=who["dana"])
    return agreed(place, who, "gali", "rut").id


def agreed(place: UUID, who: dict[str, UUID], participant: str, mentor: str) -> Pair:
    """Offer two people to each other; the mentor says yes."""
    asked = {"summary": mark(f"summary-{participant}"), "approved": True, "actor_id": who["dana"]}
    pair = offers.offer(who[participant], who[mentor], place, **asked)
    offers.mentor_accepts(pair, who[mentor], shares=True)
    return pair


def _asked(place: UUID, who: dict[str, UUID]) -> dict[str, tuple[str, ...]]:
    """Two ask for help: one waits, one was taken in and waits for a mentor; a third is still writing."""
    waits, taken_in = (asks(name, phone) for name, phone in (("hava", "+972525550101"), ("noa", "+972525550102")))
    for request in (waits, taken_in):
        intake.begin(request, who["dana"], mark("talk"))
    intake.waitlist(waits, who["dana"], place, mark("why"))
    intake.accept(taken_in, who["dana"], place, mark("why"))
    commit()  # the draft below is written beside this transaction
    token = drafts.keep(None, "reach", {"first_name": [mark("draft")], "phone": ["052-5550103"]})
    who |= {"hava": waits.person_id, "noa": taken_in.person_id}
    joined = select(Membership.id).where(Membership.person_id == who["pnina"])
    return {
        "request_id": (str(waits.id),),
        "intake.token": (str(token),),
        "person_id": (str(who["noa"]), str(who["pnina"])),
        "mentor_id": (str(who["talia"]),),
        "never_id": (str(_never(who)),),
        "membership_id": (str(db.session.scalars(joined).one()),),
    }


def _never(who: dict[str, UUID]) -> UUID:
    """Noa and Rut know each other."""
    nevers.forbid(who["noa"], who["rut"], code="relation", note=mark("related"), actor_id=who["dana"])
    return db.session.scalars(select(Never.id).where(Never.participant_id == who["noa"])).one()


def asks(name: str, phone: str) -> intake.HelpRequest:
    """Let somebody ask for help in the current tenant."""
    told = Asked(
        first_name=mark(name), last_name=mark("family"), phone=phone, locality=mark("town"), life_areas=("financial",),
        safe_hours=mark("hours"), languages=("he",), mode="either", free_hours=((0, 540, 720),), words=mark("words"),
    )  # fmt: skip
    return intake.submit(told, new_id())


def _met(pair_id: UUID, who: dict[str, UUID]) -> dict[str, tuple[str, ...]]:
    """Both told of the first meeting; of the last one nobody did yet, and the next is planned."""
    past = [each for each in meetings.of_pair(pair_id)[::-1] if each.ends_at < clock.now()]
    planned = next(each for each in meetings.of_pair(pair_id)[::-1] if each.starts_at > clock.now())
    for name in ("miri", "pnina"):
        told = {"shared": mark("shared"), "next_step": mark("step"), "private": mark(f"private-{name}")}
        logs.say(past[0], who[name], Said(held=True, minutes=60, medium="in_person", topics=("financial",), **told))
    logs.keep_draft(past[-1], who["miri"], {"shared": mark("half-said")})
    tap = links.mint(past[-1].id, who["miri"])
    return {"meeting_id": tuple(str(each.id) for each in (past[0], past[-1], planned)), "one_tap.token": (tap,)}


def _kept(place: UUID, who: dict[str, UUID]) -> dict[str, tuple[str, ...]]:
    """Keep a sheet that was checked, and the reports of last month."""
    sheet = SHEET.format(mark("sheet")).encode()
    batch = importing.take_in(f"{mark('sheet')}.csv", sheet, place, who["dana"])
    importing.name_columns(batch, "people", dry_run.mapping_of(batch), batch.version)
    month = shifted(first_of_month(clock.today(tenancy.current().zone)), -1)
    made = [make_report(community, month, who["dana"]) for community in (place, None)]
    return {"import_id": (str(batch.id),), "report_id": tuple(str(each.id) for each in made)}


def _addresses(who: dict[str, UUID]) -> dict[str, tuple[str, ...]]:
    """Return what is no row of ours, and a living link to sign in by."""
    commit()  # the link is written beside this transaction
    account = db.session.scalars(select(Account.id).where(Account.person_id == who["miri"])).one()
    letter = signing_in.mint(new_id(), account)
    assert letter
    plain = {"role": ("mentor",), "step": ("need",), "digest": ("0",), "name": ("house.css",)}
    return plain | {"sign_in.token": (letter.token,)} | _lost(who)


def _lost(who: dict[str, UUID]) -> dict[str, tuple[str, ...]]:
    """Gil lost his second step and waits for two others; Zohar's was confirmed, and the link is on its way."""
    renewing.ask(who["gil"], "lost")
    confirmed = renewing.ask(who["zohar"], "new")
    for name in ("dana", "gil"):
        renewing.confirm(confirmed.id, who[name], "met")
    confirmed.opens_at = clock.now()
    commit()  # the link is written beside this transaction
    minted, waits = renewing.mint(confirmed.id), renewals.open_of(who["gil"])
    assert minted
    assert waits
    renewing.prepare(minted[0])
    return {"renewal_id": (str(waits.id),), "lost.token": (minted[1],)}


def _a_notice(person_id: UUID) -> UUID:
    return db.session.scalars(select(Notice.id).where(Notice.person_id == person_id).limit(1)).one()


def views(app: Flask, *methods: str) -> list[Route]:
    """Return every route of an organisation that answers one of these methods, by address.

    The operators' are left out: no tenant's host answers them and no person of a tenant is an operator.
    tests/console/test_walls.py asks for those.
    """
    ours = (each for each in app.url_map.iter_rules() if not each.endpoint.startswith(f"{CONSOLE}."))
    return sorted((each for each in ours if set(methods) & (each.methods or set())), key=lambda each: each.rule)
