"""What a coordinator sees of a draft round, or of who fits one person: receipts in words and bars."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from maagal.text import isolate
from tenants.pairing import labels, nevers, places, rounds
from tenants.pairing.gather import Gathered, gather
from tenants.pairing.matching.people import Mentor, Participant
from tenants.pairing.matching.receipts import missing
from tenants.pairing.matching.round import weigh
from tenants.pairing.matching.settings import Settings
from tenants.pairing.matching.terms import Terms
from tenants.pairing.matching.who import who_fits
from tenants.pairing.models import Round

THOUSAND = 1000
Bar = tuple[Any, float, str, Any]
Choice = tuple[str, str, int]


@dataclass(frozen=True)
class Fit:
    """One possible pair. `percent` is of the most that could be, `answered` how much of it the two answered;
    `bars` are rows for components/receipt.html, `silent` the criteria that nobody answered.
    """

    mentor_id: str
    mentor: str
    percent: int
    answered: int
    bars: list[Bar]
    unmet: list[str]
    silent: list[str]


@dataclass(frozen=True)
class Row:
    """A participant on the board; `fit` is None where nobody is suggested, and then `main` and `excluded` say why."""

    participant_id: str
    participant: str
    fit: Fit | None
    locked: bool
    next_best: str
    choices: list[Choice]
    forbidden: list[tuple[str, str]]
    barred: tuple[nevers.Barred, ...] = ()
    main: Any = ""
    excluded: tuple[tuple[Any, int], ...] = ()


@dataclass(frozen=True)
class Board:
    """A draft as it stands: those who would be served, then those who would not."""

    matched: list[Row]
    left: list[Row]
    longest_wait_left: int
    changes: list[tuple[str, str, str, str]]


def board(draft: Round) -> Board:
    """Return a round's board, in three round trips."""
    participants, mentors, settings, terms = rounds.people_of(draft)
    grid = weigh(participants.values(), mentors.values(), settings, terms)
    named = places.names([UUID(one) for one in (*participants, *mentors)])
    choices = {
        person.id: _choices([mentor.id for mentor in grid.mentors], grid.fit[row].tolist(), settings, named)
        for row, person in enumerate(grid.people)
    }
    barred: dict[str, tuple[nevers.Barred, ...]] = {}
    for each in nevers.barred([UUID(one) for one in participants]):
        barred[str(each.participant_id)] = (*barred.get(str(each.participant_id), ()), each)
    made = _Maker(participants, mentors, settings, terms, named, choices, barred)
    matched = [made.matched(row) for row in draft.result["assignments"]]
    left = [made.left(row) for row in draft.result["unmatched"]]
    changes = [_change(word, named) for word in reversed(draft.inputs["changes"])]
    return Board(sorted(matched, key=_by_name), sorted(left, key=_by_name), draft.result["longest_wait_left"], changes)


@dataclass(frozen=True)
class Answer:
    """Who fits one person: the best three, and why the others were out of the question."""

    participant: Participant
    name: str
    community_id: UUID
    best: list[Fit]
    possible: int
    main: Any
    excluded: tuple[tuple[Any, int], ...]


def who(person_id: UUID, community_id: UUID) -> Answer | None:
    """Answer who fits somebody who waits in a community; None where they do not wait."""
    taken_in = gather([community_id])
    person = waiting_one(taken_in, person_id)
    if person is None:
        return None
    found = who_fits(person, taken_in.mentors, taken_in.settings, taken_in.terms)
    named = places.names([person_id, *(UUID(receipt.mentor_id) for receipt in found.best)])
    mentors = {mentor.id: mentor for mentor in taken_in.mentors}
    best = [_fit(receipt.to_dict(), person, mentors, taken_in.settings, named) for receipt in found.best]
    why, counts = labels.CONSTRAINTS[found.others.reason], tuple(labels.most_first(found.others.excluded))
    return Answer(person, named[person.id], community_id, best, found.others.possible, why, counts)


def waiting_one(taken_in: Gathered, person_id: UUID) -> Participant | None:
    """Return one of those who wait."""
    return next((one for one in taken_in.participants if one.id == str(person_id)), None)


def receipt_of(taken_in: Gathered, person: Participant, mentor_id: UUID) -> dict[str, Any] | None:
    """Return the receipt of one pair as an offer keeps it; None where the pair is impossible."""
    only = [mentor for mentor in taken_in.mentors if mentor.id == str(mentor_id)]
    best = who_fits(person, only, taken_in.settings, replace(taken_in.terms, locks=frozenset())).best
    return best[0].to_dict() if best else None


@dataclass(frozen=True)
class _Maker:
    """Makes the board's rows from what the round was given and what the engine said."""

    participants: dict[str, Participant]
    mentors: dict[str, Mentor]
    settings: Settings
    terms: Terms
    named: Mapping[str, str]
    choices: dict[str, list[Choice]]
    barred: Mapping[str, tuple[nevers.Barred, ...]]

    def matched(self, row: dict[str, Any]) -> Row:
        """Return the row of somebody with a suggestion."""
        person = self.participants[row["participant_id"]]
        fit = _fit(row, person, self.mentors, self.settings, self.named)
        others = [choice for choice in self.choices[person.id] if choice[0] != fit.mentor_id]
        return replace(self._row(person, others), fit=fit, next_best=self._next(row["next_best"]))

    def left(self, row: dict[str, Any]) -> Row:
        """Return the row of somebody without one, with what stands in the way."""
        person = self.participants[row["participant_id"]]
        why, counts = labels.CONSTRAINTS[row["reason"]], tuple(labels.most_first(row["excluded"]))
        return replace(self._row(person, self.choices[person.id]), main=why, excluded=counts)

    def _row(self, person: Participant, choices: list[Choice]) -> Row:
        out = [(other, self.named[other]) for one, other in sorted(self.terms.forbids) if one == person.id]
        locked = any(one == person.id for one, _mentor in self.terms.locks)
        return Row(person.id, self.named[person.id], None, locked, "", choices, out, self.barred.get(person.id, ()))

    def _next(self, told: dict[str, Any] | None) -> str:
        if told is None:
            return ""
        return str(labels.NEXT[told["reason"]]) % {"mentor": isolate(self.named.get(told["mentor_id"] or "", ""))}


def _fit(
    row: dict[str, Any], person: Participant, mentors: dict[str, Mentor], settings: Settings, named: Mapping[str, str]
) -> Fit:
    mentor = mentors[row["mentor_id"]]
    gaps = missing(person, mentor)
    weighed = [code for code in labels.CRITERIA if settings.weight(code)]
    told = [code for code in weighed if row["shares"][code]["answered"]]
    return Fit(
        mentor.id,
        named[mentor.id],
        _percent(row["fit"], settings),
        row["answered_percent"],
        [_bar(code, settings.weight(code), row["shares"][code]["share"], gaps.get(code, ())) for code in told],
        [str(labels.CRITERIA[code]) for code in row["unmet"]],
        [str(labels.CRITERIA[code]) for code in weighed if code not in told],
    )


def _bar(code: str, weight: int, share: int, gap: tuple[str, ...]) -> Bar:
    points = _("%(points)s of %(most)s", points=f"{share / THOUSAND:g}", most=weight)
    why = _("missing: %(what)s", what=labels.wished(code, gap)) if gap and code != "dislikes" else None
    return labels.CRITERIA[code], share / (weight * THOUSAND), points, why


def _choices(mentor_ids: list[str], fits: list[float], settings: Settings, named: Mapping[str, str]) -> list[Choice]:
    """Return possible mentors, the best first; an impossible one has a fit of minus infinity."""
    found = [(one, named[one], _percent(fit, settings)) for one, fit in zip(mentor_ids, fits, strict=True) if fit >= 0]
    return sorted(found, key=lambda choice: (-choice[2], choice[1]))


def _percent(fit: float, settings: Settings) -> int:
    return round(100 * fit / (THOUSAND * max(1, sum(settings.weights.values()))))


def _change(word: dict[str, str], named: Mapping[str, str]) -> tuple[str, str, str, str]:
    """Return kind, participant, mentor and reason of a coordinator's change."""
    return word["kind"], named.get(word["participant"], ""), named.get(word["mentor"], ""), word["reason"]


def _by_name(row: Row) -> str:
    return row.participant
