"""What a crawl found, and how an answer is judged."""

from dataclasses import dataclass, field

from werkzeug.test import TestResponse

from tests.isolation.cage import Cage
from tests.isolation.reading import UUID, main_of


@dataclass
class Findings:
    """What is wrong, and where somebody came."""

    here: Cage
    others: list[Cage]
    leaks: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    unlike: set[str] = field(default_factory=set)
    shown: dict[tuple[str, str], bool] = field(default_factory=dict)  # (endpoint, person) -> whether our mark stood there
    reached: set[tuple[str, str]] = field(default_factory=set)
    asked: int = 0
    letters: int = 0

    def __post_init__(self) -> None:
        """Know what would be foreign here."""
        self.foreign_ids = {str(each) for cage in self.others for ids in cage.schema.ids.values() for each in ids}
        self.foreign_words = {word for cage in self.others for word in cage.words}

    def listen(self, said: str, about: str, told: str = "") -> None:
        """Note words and ids of others in what was said; what the asker told is no news."""
        words = {word for word in self.foreign_words if word in said and word not in told}
        ids = self.foreign_ids.intersection(UUID.findall(said)).difference(UUID.findall(told))
        if words or ids:
            self.leaks.add(f"{about}: {sorted(words)} {sorted(ids)[:2]}")

    def note_mark(self, endpoint: str, name: str, answer: TestResponse) -> None:
        """Note whether a page of ours says anything of ours between its frame."""
        inside = main_of(answer).replace(self.here.tenant.name.lower(), "")
        self.shown[endpoint, name] = self.shown.get((endpoint, name), False) or self.here.mark in inside

    @property
    def pale(self) -> set[str]:
        """Pages that told nothing of ours to anybody."""
        opened = {endpoint for endpoint, _name in self.shown}
        return opened - {endpoint for (endpoint, _name), shown in self.shown.items() if shown}
