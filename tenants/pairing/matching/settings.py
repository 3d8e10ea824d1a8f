"""What a tenant decides about matching."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any, Literal, Self

Objective = Literal["served", "fit", "wait"]
ORDER: tuple[Objective, ...] = ("served", "fit", "wait")
WEIGHTS: Mapping[str, int] = MappingProxyType({
    "skills": 30, "experience": 15, "distance": 10, "hours": 10, "age": 5,
    "interests": 5, "dislikes": 5, "culture": 5, "load": 5, "waiting": 10,
})  # fmt: skip
HEAVIEST = 100
RETIRED = frozenset({"reporting_levels"})  # what rounds of an earlier day were also set to, and is no setting any more


@dataclass(frozen=True, slots=True)
class Settings:
    """Weights are whole numbers 0–100 by criterion code; a criterion that is not named weighs nothing.

    `order` holds the three objectives, the one that goes first first. Raises ValueError for anything else.
    """

    weights: Mapping[str, int] = field(default_factory=lambda: dict(WEIGHTS))
    order: tuple[Objective, ...] = ORDER
    slot_minutes: int = 60
    max_km: float = 25.0

    def __post_init__(self) -> None:
        """Refuse unknown criteria, weights out of range and an incomplete order."""
        wrong = {code: w for code, w in self.weights.items() if code not in WEIGHTS or not _is_weight(w)}
        if wrong or sorted(self.order) != sorted(ORDER) or self.max_km <= 0 or self.slot_minutes <= 0:
            raise ValueError(wrong or (self.order, self.max_km, self.slot_minutes))

    def weight(self, criterion: str) -> int:
        """Give the weight of a criterion, 0 where the tenant named none."""
        return self.weights.get(criterion, 0)

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON-ready form."""
        return {**asdict(self), "weights": dict(sorted(self.weights.items())), "order": list(self.order)}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote, also earlier; raises TypeError for a setting that never was one."""
        known = {name: value for name, value in plain.items() if name not in RETIRED}
        return cls(**{**known, "order": tuple(plain["order"])})


def _is_weight(weight: object) -> bool:
    return type(weight) is int and 0 <= weight <= HEAVIEST
