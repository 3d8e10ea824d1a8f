"""Every setting the programs read, in one place, from the environment; `.env.example` tells what each is for."""

from functools import cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a process may know. A process is given only the logins it needs; the others stay empty."""

    model_config = SettingsConfigDict(env_prefix="MAAGAL_", extra="ignore")

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
    public_url: str = "http://localhost:8000"
    clock_file: Path | None = None
    demo: bool = False
    blank_schemas: int = 4
    database_pool: int = 8
    connection_tenants: int = 100  # how many a connection meets before it is closed; half a megabyte each
    backup_recipient: str = ""
    leaving_delay_hours: float = 48.0

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
    """Return the settings of this process, read once."""
    return Settings()
