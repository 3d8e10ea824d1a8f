"""What ends a tour."""


class TourTrouble(Exception):
    """Something was not as it must be; said in one line."""


def must(true: object, otherwise: str) -> None:
    """Raise TourTrouble, saying what is wrong, unless it is true."""
    if not true:
        raise TourTrouble(otherwise)
