"""Names outside the database: every key in Valkey and every stored file's path is made here."""

from pathlib import Path

from maagal import tenancy
from maagal.config import settings

CONTROL = "control"


def key(*parts: str, scope: str | None = None) -> str:
    """Return a Valkey key of the current tenant; raise NoTenant outside any unless `scope` is CONTROL."""
    return ":".join(("maagal", _scope(scope), *parts))


def file_path(*parts: str, scope: str | None = None) -> Path:
    """Return where a file of the current tenant lies; raise NoTenant outside any, ValueError for a path that climbs."""
    root = files_of(_scope(scope))
    path = root.joinpath(*parts)
    if not path.resolve().is_relative_to(root.resolve()):
        message = "a stored file stays inside its tenant's folder"
        raise ValueError(message)
    return path


def files_of(schema: str) -> Path:
    """Return the folder of all files of a schema, for whoever carries a whole tenant away or back; name none in it by hand."""
    return settings().data / "files" / schema


def keys_of(schema: str) -> str:
    """Return the pattern of all keys in Valkey that name a schema, those of the limiter too, which puts its own word before."""
    return f"*{schema}*"


def _scope(scope: str | None) -> str:
    return CONTROL if scope == CONTROL else tenancy.current().schema
