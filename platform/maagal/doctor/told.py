"""Whether the settings are complete and make sense together."""

from collections.abc import Iterator

from maagal.config import settings
from maagal.doctor.finding import BAD, WARN, Finding, judged

NEEDED = (
    "app_url", "sponsor_url", "operator_url", "provisioner_url", "keys_url", "secret_key", "master_key", "redis_url", "mail_url",
)  # fmt: skip
NAMES = {"redis_url": "REDIS_URL", "mail_url": "MAIL_URL"}
HEX = frozenset("0123456789abcdef")


def complete() -> Iterator[Finding]:
    """What every house needs is there; a process may be told less, the one that asks the doctor should know all."""
    missing = [NAMES.get(name, f"MAAGAL_{name.upper()}") for name in NEEDED if not getattr(settings(), name)]
    said = f"missing here: {', '.join(missing)}" if missing else "every setting is there"
    yield judged(not missing, said, "tell this command the whole environment: bin/maagal doctor", otherwise=WARN)


def sane() -> Iterator[Finding]:
    """Keys are keys, the two are two, and a house that others reach is reached over TLS and is no demonstration."""
    told = settings()
    fits = len(told.master_key) == 64 and set(told.master_key) <= HEX
    yield judged(fits, f"the master key is{'' if fits else ' not'} 64 hex digits", "see docs/operating.md, The master key")
    yield judged(told.master_key != told.secret_key, "master key and secret key differ", "make another MAAGAL_SECRET_KEY")
    local = told.base_host in {"localhost", "127.0.0.1"}
    yield judged(told.is_https or local, f"people reach us at {told.public_url}", "others than this machine need https://")
    if told.demo and not local:
        yield Finding(BAD, "MAAGAL_DEMO is set where others reach us", "take it away: a demonstration waives second factors")
    if told.master_key_old:
        yield Finding(WARN, "an old master key is still believed", "finish: maagal keys rotate, back up the keys, take it away")
    yield judged(
        told.metrics_host in {"127.0.0.1", "::1", "localhost"},
        f"figures are told on {told.metrics_host}", "let a firewall keep strangers from that port", otherwise=WARN,
    )  # fmt: skip
