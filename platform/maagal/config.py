"""Every setting the programs read, in one place, from the environment or from files that it names (NAME_FILE).

`.env.example` tells what each is for.
"""

import os
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from maagal.given_files import GivenFiles, SettingRefused, variable

LOGINS = ("app", "sponsor", "operator", "provisioner", "keys", "backup")  # to PostgreSQL, as maagal_<login> at <login>_url


class Settings(BaseSettings):
    """What a process may know. A process is given only the logins it needs; the others stay empty."""

    model_config = SettingsConfigDict(env_prefix="MAAGAL_", env_ignore_empty=True, extra="ignore")

    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    redis_url: str = Field(default="", validation_alias="REDIS_URL")
    mail_url: str = Field(default="", validation_alias="MAIL_URL")
    app_url: str = ""
    sponsor_url: str = ""
    operator_url: str = ""
    provisioner_url: str = ""
    keys_url: str = ""
    backup_url: str = ""
    secret_key: str = ""
    master_key: str = ""
    master_key_old: str = ""
    data: Path = Path("var")
    cache: Path | None = None
    public_url: str = "http://localhost:8000"
    trusted_hops: int = Field(default=0, ge=0, le=8)
    certificates_asked_from: str = ""
    alive_file: Path | None = None  # read by maagal.alive, which imports nothing
    clock_file: Path | None = None
    demo: bool = False
    blank_schemas: int = 4
    database_pool: int = 8
    connection_tenants: int = 100  # how many a connection meets before it is closed; half a megabyte each
    backup_recipient: str = ""
    leaving_delay_hours: float = 48.0
    citus: bool = False
    second_step_wait_hours: float = 12.0
    tenant_batches: int = 1
    tenant_requests: int = 2
    tenant_waiting: int = 4
    tenant_thread: float = 0.3
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments, then files, then the environment."""
        del dotenv_settings, file_secret_settings
        return init_settings, GivenFiles(settings_cls, os.environ), env_settings

    @property
    def cache_folder(self) -> Path:
        """Where fonts are cut to; an image brings its own, already filled."""
        return self.cache or self.data / "cache"

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks from which a proxy may ask whether a host is ours; raises ValueError where one is none."""
        return tuple(ip_network(each.strip()) for each in self.certificates_asked_from.split(",") if each.strip())

    @property
    def is_https(self) -> bool:
        """Whether people reach us over TLS; cookies and HSTS follow it."""
        return self.public_url.startswith("https://")

    @property
    def base_host(self) -> str:
        """The host under which each tenant has a subdomain, without a port."""
        return self.public_url.split("://", 1)[-1].split("/", 1)[0].rsplit(":", 1)[0]

    @property
    def port_suffix(self) -> str:
        """`:8000`, or nothing on a default port."""
        netloc = self.public_url.split("://", 1)[-1].split("/", 1)[0]
        return f":{netloc.rsplit(':', 1)[1]}" if ":" in netloc else ""

    @property
    def is_loopback(self) -> bool:
        """Whether the house answers on this machine alone: path mode and a waived second factor need that.

        `demo` is said by whoever also binds the web server to loopback (bin/run); a host's name alone proves nothing.
        """
        return self.demo and self.base_host in {"localhost", "127.0.0.1"}


@cache
def settings() -> Settings:
    """Return the settings of this process, read once; ends the program with one line where they cannot be meant."""
    try:
        made = Settings()
        _ = made.proxies
    except ValidationError as why:
        wrong = {str(error["loc"][0]) for error in why.errors()}
        names = {variable("MAAGAL_", field, name) for name, field in Settings.model_fields.items() if name in wrong}
        message = f"maagal: this cannot be what is meant: {', '.join(sorted(names | {each for each in wrong if each.isupper()}))}"
        raise SettingRefused(message) from None
    except ValueError:
        message = "maagal: MAAGAL_CERTIFICATES_ASKED_FROM is a list of networks, such as 127.0.0.1,172.16.0.0/12"
        raise SettingRefused(message) from None
    return made
