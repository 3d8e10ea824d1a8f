"""docker-compose.yml as Compose reads it, merged and interpolated, and the Dockerfile as a list of instructions."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>[A-Z_]+)(?:(?P<how>:[-?])(?P<otherwise>[^}]*))?\})")


def compose(**environment: str) -> dict[str, Any]:
    """Return the file's content with these variables set; KeyError where one is missing that must be said."""

    def value(found: re.Match[str]) -> str:
        if found["name"] is None:
            return "$"
        said = environment.get(found["name"], "")
        if not said and found["how"] != ":-":
            raise KeyError(found["name"])
        return said or found["otherwise"]

    def filled(thing: Any) -> Any:
        if isinstance(thing, dict):
            return {name: filled(each) for name, each in thing.items()}
        if isinstance(thing, list):
            return [filled(each) for each in thing]
        return VARIABLE.sub(value, thing) if isinstance(thing, str) else thing

    read: dict[str, Any] = filled({name: each for name, each in yaml.safe_load(FILE.read_text()).items() if name[:2] != "x-"})
    return read


def services() -> dict[str, dict[str, Any]]:
    """Return the services by name."""
    found: dict[str, dict[str, Any]] = compose(MAAGAL_PUBLIC_URL="https://maagal.example")["services"]
    return found


def dockerfile() -> list[tuple[str, str]]:
    """Return the instructions as (word, rest), with continued lines joined."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    lines = [line.split(None, 1) for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, rest in lines]
