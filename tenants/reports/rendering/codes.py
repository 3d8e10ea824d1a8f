"""The words for every code a snapshot may hold, named lazily so that one snapshot reads in any language."""

from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from tenants.pairing.labels import CLOSES

SECTIONS: Final = {
    "people": _l("People"),
    "waiting": _l("Waiting list"),
    "pairs": _l("Pairs"),
    "meetings": _l("Meetings"),
    "plans": _l("Plans"),
    "consultations": _l("Questions to advisors"),
    "rights": _l("Claiming rights"),
    "gatherings": _l("Community meetings"),
    "training": _l("Training and supervision"),
    "outcomes": _l("What changed for people"),
    "barriers": _l("Barriers"),
    "communities": _l("Communities"),
    "requests": _l("Requests for help"),
}
PEOPLE: Final = {
    "participant": _l("Participants"),
    "mentor": _l("Mentors"),
    "advisor": _l("Professional advisors"),
    "coordinator": _l("Community coordinators"),
    "administrator": _l("Administration"),
    "sponsor": _l("Funders"),
    "librarian": _l("Librarians"),
    "line_operator": _l("Line volunteers"),
    "people_by_role": _l("People by role"),
    "people_total": _l("People altogether"),
    "joined": _l("Joined this month"),
    "left": _l("Left this month"),
    "seats_taken": _l("Mentors’ seats taken"),
    "seats_free": _l("Mentors’ seats free"),
}
WAITING: Final = {
    "waiting_for_mentor": _l("Participants waiting for a mentor"),
    "waiting_list": _l("On the waiting list"),
    "longest_wait": _l("Longest wait"),
    "median_wait": _l("Half waited less than"),
    "requests_new": _l("New requests"),
    "requests_accepted": _l("Requests accepted"),
    "requests_waitlisted": _l("Moved to the waiting list"),
    "requests_referred_out": _l("Referred on"),
    "requests_declined": _l("Not a fit"),
    "requests_withdrawn": _l("Withdrawn by the person"),
}
PAIRS: Final = {
    "pairs_started": _l("Pairs started"),
    "pairs_active": _l("Active pairs"),
    "pairs_paused": _l("Paused pairs"),
    "pairs_closed": _l("Pairs closed"),
    "closed_by_reason": _l("Closed, by reason"),
    **CLOSES,
}
MEETINGS: Final = {
    "meetings_planned": _l("Meetings planned"),
    "meetings_held": _l("Meetings that took place"),
    "meetings_missed": _l("Meetings that did not take place"),
    "meetings_cancelled": _l("Meetings cancelled"),
    "hours": _l("Hours of meetings"),
    "attendance": _l("Attendance"),
    "gatherings_held": _l("Community meetings held"),
    "gathering_attendance": _l("Attendance at community meetings"),
}
LATER: Final = {
    "goals_set": _l("Goals set"),
    "goals_attained": _l("Goals attained"),
    "goal_attainment": _l("Goal attainment"),
    "plans_signed": _l("Plans signed"),
    "consultations_opened": _l("Questions asked"),
    "consultations_answered": _l("Questions answered"),
    "response_time": _l("Time to an answer"),
    "consultations_by_field": _l("Questions by field"),
    "rights_granted": _l("Rights granted"),
    "rights_filed": _l("Claims filed"),
    "money_once": _l("Money gained once"),
    "money_monthly": _l("Money gained each month"),
    "training_completed": _l("Training completed"),
    "supervision_held": _l("Supervision sessions held"),
    "respondents": _l("Number of respondents"),
    "outcome_change": _l("Average change"),
    "barriers_reported": _l("Barriers reported"),
}
FIELDS: Final = {
    "financial": _l("Money and debts"),
    "legal": _l("Legal matters"),
    "employment": _l("Work"),
    "bureaucracy": _l("Bureaucracy and claiming rights"),
    "mental": _l("Emotional support"),
    "family": _l("Family"),
    "housing": _l("Housing"),
    "welfare": _l("Welfare"),
    "economics": _l("Household economics"),
    "psychology": _l("Psychology"),
}
COLUMNS: Final = {
    "name": _l("Name"),
    "community": _l("Community"),
    "reason": _l("Reason"),
    "role": _l("Role"),
    "month": _l("Month"),
    "field": _l("Field"),
    "count": _l("Number"),
    "value": _l("Value"),
    "previous": _l("Month before"),
    "by_community": _l("By community"),
    "kind": _l("Kind"),
}
REASONS: Final = {"community_corrected": _l("A community’s report was corrected.")}
LABELS: Final[dict[str, LazyString]] = SECTIONS | PEOPLE | WAITING | PAIRS | MEETINGS | LATER | FIELDS | COLUMNS | REASONS
UNITS: Final[dict[str, LazyString]] = {
    "count": _l("number"),
    "days": _l("days"),
    "hours": _l("hours"),
    "percent": _l("percent"),
    "ils": _l("shekels"),
}
