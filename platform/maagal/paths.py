"""Where the folders that are not Python lie: beside platform/ in a checkout, inside maagal in a wheel."""

from pathlib import Path

HERE = Path(__file__).parent


def folder(name: str) -> Path:
    """Return the folder `templates` or `migrations`, wherever this installation keeps it."""
    packed = HERE / f"_{name}"
    return packed if packed.is_dir() else HERE.parents[1] / name
