"""What somebody who asks for help told us, read and in order: the form's side and the verb's side agree on this."""

from dataclasses import dataclass, field

from maagal.localities.places import Locality


@dataclass(frozen=True)
class Asked:
    """A request as it was told. Codes are the vocabulary's; None, "" and () mean: not answered.

    `phone` is E.164, `email` in lower case, `free_hours` a list of [weekday (0 = Sunday), start minute, end minute].
    `place` is the locality found for what was typed as `locality`.
    """

    first_name: str
    last_name: str = ""
    gender: str | None = None
    phone: str | None = None
    email: str | None = None
    safe_channel: str | None = None
    safe_hours: str | None = None
    may_leave_message: bool = False
    neutral_sender: bool = True
    languages: tuple[str, ...] = ()
    locality: str | None = None
    place: Locality | None = None
    life_areas: tuple[str, ...] = ()
    words: str = field(default="", repr=False)
    urgency: str = "normal"
    gender_preference: str | None = None
    age_preference: str | None = None
    wanted_experience: tuple[str, ...] = ()
    unwanted_experience: tuple[str, ...] = ()
    birth_year: int | None = None
    mode: str | None = None
    free_hours: tuple[tuple[int, int, int], ...] = ()
    locale: str | None = None
