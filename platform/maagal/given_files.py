"""Secrets given as files: whatever a program reads from NAME can lie in the file that NAME_FILE names instead.

Docker and Kubernetes lay secrets into files, where neither `docker inspect` nor a child's environment shows them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

SUFFIX = "_FILE"


class SettingRefused(SystemExit):
    """A setting that nobody can mean. Ends whatever program reads it, with one line; its value is not in it."""


class GivenFiles(PydanticBaseSettingsSource):
    """Reads the file that NAME_FILE names, for every setting that is a text."""

    def __init__(self, settings_cls: type[BaseSettings], environ: Mapping[str, str]) -> None:
        """Take the environment at hand; names are looked up without regard to case, as for the settings themselves."""
        super().__init__(settings_cls)
        self.environ = {name.upper(): value for name, value in environ.items()}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return what the file holds, None where none is named."""
        name = variable(self.config.get("env_prefix", ""), field, field_name)
        path = self.environ.get(name + SUFFIX)
        if not path or field.annotation is not str:
            return None, field_name, False
        if self.environ.get(name):
            message = f"maagal: both {name} and {name}{SUFFIX} are set: one of them has to go"
            raise SettingRefused(message)
        return _read(name + SUFFIX, path), str(field.validation_alias or field_name), False

    def __call__(self) -> dict[str, Any]:
        """Return every setting that lies in a file."""
        found = (self.get_field_value(field, name) for name, field in self.settings_cls.model_fields.items())
        return {key: value for value, key, _ in found if value is not None}


def variable(prefix: str, field: FieldInfo, field_name: str) -> str:
    """Return the name of the variable of the environment that a setting is read from."""
    return str(field.validation_alias or f"{prefix}{field_name}").upper()


def _read(name: str, path: str) -> str:
    """Return a file's text without the newline that editors and `echo` add."""
    try:
        return Path(path).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as why:
        reason = why.strerror if isinstance(why, OSError) else "it is no text"
        message = f"maagal: {name} names a file that cannot be read, {path}: {reason}"
        raise SettingRefused(message) from None
