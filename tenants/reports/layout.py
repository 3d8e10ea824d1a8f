"""Under which heading a number stands, in which order, in which unit, and which are shown month by month."""

from typing import Final

ROLES: Final = ("participant", "mentor", "advisor", "coordinator")
UNITS: Final = {"longest_wait": "days", "median_wait": "days", "hours": "hours", "attendance": "percent"}
FIRST: Final = {  # what stands first under each heading, in this order; codes that are not named here follow
    "people": (*ROLES, "people_total", "joined", "left", "seats_taken"),
    "waiting": (
        "waiting_for_mentor",
        "waiting_list",
        "longest_wait",
        "requests_new",
        "requests_accepted",
        "requests_waitlisted",
        "requests_referred_out",
        "requests_declined",
        "requests_withdrawn",
    ),
    "pairs": ("pairs_active", "pairs_started", "pairs_paused", "pairs_closed"),
    "meetings": ("meetings_planned", "meetings_held", "meetings_missed", "meetings_cancelled", "attendance", "hours"),
}
MONTHLY: Final = {
    "waiting": ("waiting_list", "requests_new"),
    "pairs": ("pairs_active", "pairs_started", "pairs_closed"),
    "meetings": ("meetings_held", "meetings_missed", "attendance"),
}
HOME: Final = {code: section for section, codes in FIRST.items() for code in codes}
