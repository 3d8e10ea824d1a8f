"""One line of the table in benchmarks/README.md, and how it is printed."""

from collections.abc import Callable
from typing import NamedTuple


class Figure(NamedTuple):
    """A figure of ours, and its ratio to the floor or peer measured in the same run."""

    name: str
    value: float
    unit: str
    ratio: float
    of_what: str

    def line(self) -> str:
        """Return the line as `bin/bench` prints it: BENCH name value unit ratio of-what."""
        return f"BENCH {self.name} {self.value:.4g} {self.unit} {self.ratio:.3g} {self.of_what}"


Figures = dict[str, Callable[[], Figure]]
