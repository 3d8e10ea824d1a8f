"""How often one address may ask: counted in Valkey under keys of the tenant, in memory while Valkey is away."""

from flask import request
from flask_limiter import Limiter

from maagal import scopes, tenancy

STORAGE = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}  # seconds: a Valkey that hangs must not hold every page


def who_asks() -> str:
    """Return the counting key: tenant and network address; raise nothing outside a tenant."""
    scope = None if tenancy.current_or_none() else scopes.CONTROL
    return scopes.key("rate", request.remote_addr or "unknown", scope=scope)


limiter = Limiter(who_asks, default_limits=["600 per minute"], headers_enabled=False)
