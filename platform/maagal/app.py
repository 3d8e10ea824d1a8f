"""Putting the house together. The only module that sees every floor."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from flask import Flask, abort, current_app, request
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.pool import NullPool

from maagal import assets, capability, certificates, health, house_pages, icons, logs, migrate, preferences, register, text
from maagal.access import Access, init_access
from maagal.addresses import LOOPBACK
from maagal.config import Settings
from maagal.config import settings as current_settings
from maagal.console.setting_up import init_console
from maagal.cookies import HouseSessions
from maagal.db import db, watch
from maagal.edges import House, init_edges
from maagal.environment import broker_url
from maagal.errors import init_errors
from maagal.frame import init_frame
from maagal.headers import init_headers
from maagal.i18n import init_babel
from maagal.incoming import HouseRequest, KnownHosts
from maagal.limits import STORAGE, limiter
from maagal.paths import folder
from maagal.pool import TenantPool
from maagal.shares import FairShares, Shares
from maagal.slugs import is_label
from maagal.tasks import make_celery
from maagal.tenancy import SLUG_KEY, TenantPrefix, current_or_none
from maagal.transport import guarded, init_transport

LARGEST_UPLOAD = 6 * 2**20  # bytes
BEAT = {"maagal.sweep": 60.0, "maagal.carry_out": 10.0}


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application: floors first, then every capability that has a folder."""
    settings = settings or current_settings()
    logs.set_up()
    migrate.earlier("tenant")  # read now: a later release may be laid into this very folder while we still serve
    app = House("maagal", template_folder=str(folder("templates")), static_folder=None)
    app.config.update(configuration(settings))
    app.request_class = HouseRequest
    app.session_interface = HouseSessions()
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            watch(engine)
    init_babel(app)
    init_access(app)
    init_errors(app)  # before whatever reads a body: who has had its share is put off first
    init_headers(app)
    CSRFProtect(app)
    init_transport(app)
    init_edges(app)
    limiter.init_app(app)  # after the edges: it counts per tenant
    init_pages(app, settings)
    add_capabilities(app, settings)
    init_console(app)
    app.wsgi_app = before_the_app(app, settings, app.wsgi_app)  # type: ignore[method-assign]  # as Flask documents
    return app


def before_the_app(app: Flask, settings: Settings, wsgi: Any) -> Any:
    """What a request passes before Flask sees it, from the outside: its id, the proxy's word, its host, its tenant's share."""
    by_path = settings.is_loopback
    shares = Shares(settings.tenant_requests, settings.tenant_thread, settings.tenant_waiting)
    wsgi = FairShares(wsgi, partial(tenant_of, app), shares)
    wsgi = KnownHosts(TenantPrefix(wsgi, lambda host, slug: by_path and _loopback(host) and is_label(slug)))
    return Access(guarded(wsgi, settings), behind_a_proxy=settings.trusted_hops > 0)


def tenant_of(app: Flask, environ: dict[str, Any]) -> UUID | None:
    """Return the id of the tenant that a request is for, from the register's memory; None where nobody can say."""
    host = environ.get("HTTP_HOST", "").rsplit(":", 1)[0]
    slug = environ.get(SLUG_KEY)
    if not slug and host in LOOPBACK:
        return None
    try:
        with app.app_context():
            found = register.by_slug(slug) if slug else register.by_host(host)
    except Exception:  # noqa: BLE001  a database that is away is met again where there is a page for it
        return None
    return found.id if found else None


def configuration(settings: Settings) -> dict[str, Any]:
    """Return Flask's configuration."""
    size = {"pool_size": settings.database_pool, "max_overflow": 4}
    engine = size | {"poolclass": TenantPool, "pool_pre_ping": False, "pool_recycle": 1800}
    binds = {"sponsor": settings.sponsor_url, "operator": settings.operator_url}
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.app_url,
        "SQLALCHEMY_BINDS": {name: {"url": url, "poolclass": NullPool} for name, url in binds.items() if url},
        "SQLALCHEMY_ENGINE_OPTIONS": engine,
        "MAX_CONTENT_LENGTH": LARGEST_UPLOAD,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
        "SESSION_COOKIE_HTTPONLY": True,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,  # it wants a Referer, which our pages tell browsers not to send; the token decides
        "RATELIMIT_STORAGE_URI": broker_url(settings.redis_url).replace("redis+socket", "redis+unix"),
        "RATELIMIT_STORAGE_OPTIONS": STORAGE,
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_HEADERS_ENABLED": False,
        "PREFERRED_URL_SCHEME": settings.public_url.partition("://")[0],
    }


def init_pages(app: Flask, settings: Settings) -> None:
    """What pages need besides capabilities: files, icons, filters, the frame, the house's own pages."""
    assets.init_assets(app, settings.cache_folder)
    app.add_template_global(icons.icon, "icon")
    text.init_text(app)
    init_frame(app)
    app.jinja_options["autoescape"] = True
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = False
    for blueprint in (health.bp, certificates.bp, preferences.bp, house_pages.bp):
        app.register_blueprint(blueprint)


def add_capabilities(app: Flask, settings: Settings) -> None:
    """Register what the manifests bring; a capability that a tenant has not switched on answers 404 there."""
    house = capability.House(capability.load())
    app.extensions["house"] = house
    app.extensions["sponsor_blueprints"] = {bp.name for each in house.capabilities for bp in each.sponsor_blueprints}
    for each in house.capabilities:
        for blueprint in (*each.blueprints, *each.sponsor_blueprints):
            app.register_blueprint(blueprint)
    app.before_request(hide_what_is_off)
    app.extensions["celery"] = make_celery(app, settings, BEAT | house.every)


def hide_what_is_off() -> None:
    """Answer 404 for a capability that the tenant has not switched on."""
    tenant = current_or_none()
    if tenant and request.endpoint and not current_app.extensions["house"].switched_on(request.endpoint, tenant):
        abort(404)


def _loopback(host: str) -> bool:
    return host.rsplit(":", 1)[0] in LOOPBACK
