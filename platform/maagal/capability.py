"""A capability tells the house what it brings, on one screen; the house gathers what they all brought."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from typing import Any
from uuid import UUID

from click import Command
from flask import Blueprint

from maagal.events import Listeners
from maagal.tenancy import Tenant

NOTHING: Mapping[Any, Any] = {}
Overtaken = Callable[[dict[str, Any], UUID], str]


@dataclass(frozen=True)
class MenuEntry:
    """A line of the menu: a lazy label, an endpoint, an icon, the roles that see it, and perhaps a number beside it.

    `rule`, where a role alone does not decide, is the rule of the page behind it; `says` is a sentence beside the label
    on the page "Organisation".
    """

    label: Any
    endpoint: str
    icon: str
    roles: frozenset[str]
    rank: int = 50
    count: Callable[[Any], int] | None = None
    rule: Callable[[Any], bool] | None = None
    says: Any = ""


@dataclass(frozen=True)
class Capability:
    """The manifest. `optional` ones are switched on per tenant; the slots below are filled for lower capabilities.

    `sponsor_blueprints` are served with the sponsor's login · `settings_pages` stand on the page "Organisation", not in the menu.
    `reacts`: fact -> reactions · `jobs`: name -> function of ids · `deliverers`: channel -> function of claimed rows ·
    `every`: Celery task -> seconds · `backfills`: name -> function of a number of rows (see backfill.py) ·
    slots: name -> functions. A slot's functions take what its reader passes:
    `timeline(viewer, pair_id)`, `today(viewer)`, `exceptions(viewer)`, `person_export(person_id)`,
    `person_erasure(person_id)`, `person_merge(kept_id, merged_id)`, `person_leaving(person_id)`,
    `figures(community_id | None, first_day, day_after_last)` -> (section, code, of what or "", number) each,
    `rooms(community_ids)` -> community_id -> seats taken, people waiting, days of the longest wait; `demo(world)`,
    `usage()` -> {people | pairs | bytes: number}, for the platform's operators.
    `notice_context`: kind of notice -> function of its ids, what its templates see besides · `notice_overtaken`: kind ->
    function of its ids and its reader, asked as the letter is made: why it need not be sent any more, or "".
    """

    name: str
    blueprints: tuple[Blueprint, ...] = ()
    sponsor_blueprints: tuple[Blueprint, ...] = ()
    optional: bool = False
    reacts: Mapping[type, tuple[Callable[..., None], ...]] = field(default_factory=dict)
    jobs: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    deliverers: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    commands: tuple[Command, ...] = ()
    every: Mapping[str, float] = field(default_factory=dict)
    backfills: Mapping[str, Callable[[int], int]] = field(default_factory=dict)
    menu: tuple[MenuEntry, ...] = ()
    settings_pages: tuple[MenuEntry, ...] = ()
    slots: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    hooks: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    notice_context: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)
    notice_overtaken: Mapping[str, Overtaken] = field(default_factory=dict)


SLOTS = frozenset({
    "timeline", "today", "exceptions", "person_export", "person_erasure", "person_merge", "person_leaving",
    "figures", "rooms", "demo", "usage",
})  # fmt: skip
HOOKS = frozenset({"load_viewer", "load_account", "record_read", "badges"})


@dataclass
class House:
    """Everything the manifests brought, gathered once by create_app."""

    capabilities: list[Capability]
    listeners: Listeners = field(default_factory=Listeners)
    deliverers: dict[str, Callable[..., Any]] = field(default_factory=dict)
    every: dict[str, float] = field(default_factory=dict)
    backfills: dict[str, Callable[[int], int]] = field(default_factory=dict)
    hooks: dict[str, Callable[..., Any]] = field(default_factory=dict)
    owners: dict[str, Capability] = field(default_factory=dict)
    notice_context: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)
    notice_overtaken: dict[str, Overtaken] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Gather; raise ValueError for a slot or hook that nobody reads, or a hook filled twice."""
        for each in self.capabilities:
            for kind, reactions in each.reacts.items():
                self.listeners.listen(kind, reactions)
            self.listeners.jobs.update(each.jobs)
            self.deliverers.update(each.deliverers)
            self.every.update(each.every)
            self.backfills.update(each.backfills)
            self.notice_context.update(each.notice_context)
            self.notice_overtaken.update(each.notice_overtaken)
            if unread := (each.slots.keys() - SLOTS) | (each.hooks.keys() - HOOKS) | (each.hooks.keys() & self.hooks):
                message = f"{each.name}: {sorted(unread)}"
                raise ValueError(message)
            self.hooks.update(each.hooks)
            self.owners.update({blueprint.name: each for blueprint in each.blueprints + each.sponsor_blueprints})

    def slot(self, name: str) -> Iterable[Callable[..., Any]]:
        """Yield what capabilities put into a slot, from the ground upwards."""
        return (each.slots[name] for each in self.capabilities if name in each.slots)

    def switched_on(self, endpoint: str, tenant: Tenant) -> bool:
        """Whether the capability behind an endpoint is there for a tenant; those that are not optional always are."""
        owner = self.owners.get(endpoint.partition(".")[0])
        return owner is None or not owner.optional or owner.name in tenant.capabilities

    def settings_pages(self) -> list[MenuEntry]:
        """Return what administration sets, in the order of its rank."""
        return sorted((entry for each in self.capabilities for entry in each.settings_pages), key=lambda entry: entry.rank)

    def menu(self) -> list[MenuEntry]:
        """Return all entries in the order of their rank."""
        return sorted((entry for each in self.capabilities for entry in each.menu), key=lambda entry: entry.rank)


ORDER = (
    "audit", "people", "notifications", "communities", "training", "intake", "pairing", "meetings", "gatherings", "plans",
    "rights", "consultations", "safeguarding", "outcomes", "directory", "incubator", "library", "openline",
    "conferences", "advocacy", "reports", "dashboard",
)  # fmt: skip


def load(package: str = "tenants") -> list[Capability]:
    """Import every folder that has a manifest, in the one written order; raise ValueError for one that is not in it."""
    root = import_module(package)
    names = {found.name for found in iter_modules(root.__path__) if found.ispkg}
    if strangers := names - set(ORDER):
        message = f"capabilities without a place in the order: {sorted(strangers)}"
        raise ValueError(message)
    found: list[Capability] = [
        import_module(f"{package}.{name}.capability").capability for name in ORDER if name in names
    ]
    return found
