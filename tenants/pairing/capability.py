"""What pairing brings."""

from flask_babel import lazy_gettext as _l

from maagal.capability import Capability, MenuEntry
from tenants.communities.events import MembershipEnded
from tenants.pairing import demo, events, figures, notices, reactions, tasks, today
from tenants.pairing.offers import EXPIRE, REMIND
from tenants.pairing.views import matching, offers, pairs, rounds

capability = Capability(
    name="pairing",
    blueprints=(pairs.bp, matching.bp, rounds.bp, offers.bp),
    reacts={
        events.OfferMade: (notices.ask_the_mentor,),
        events.MentorAccepted: (notices.ask_the_participant,),
        events.PairIntroduced: (notices.tell_both,),
        events.OfferDeclined: (notices.tell_it_came_to_nothing,),
        events.OfferExpired: (notices.tell_it_came_to_nothing,),
        events.PairLeft: (notices.tell_of_the_farewell,),
        MembershipEnded: (reactions.let_go,),
    },
    jobs={EXPIRE: tasks.expire, REMIND: tasks.remind, reactions.ROLE_ENDS: tasks.role_ends},
    menu=(
        MenuEntry(_l("Matching"), "matching.index", "git-compare-arrows", frozenset({"coordinator"}), rank=30),
        MenuEntry(_l("Pairs"), "pairing.index", "users-round", frozenset({"coordinator"}), rank=40),
        MenuEntry(_l("My mentoring"), "pairing.mine", "heart-handshake", frozenset({"participant", "mentor"}), rank=40),
    ),
    slots={
        "today": today.today,
        "exceptions": today.exceptions,
        "figures": figures.figures,
        "rooms": today.rooms,
        "demo": demo.demo,
        "usage": figures.usage,
        "person_leaving": today.person_leaving,
    },
    notice_context={
        "pairing/asked": notices.mentor_name,
        "pairing/agreed": notices.names,
        "pairing/waits": notices.names,
        "pairing/left": notices.names,
    },
)
