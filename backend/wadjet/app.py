"""How does it start? `create_app(settings)` registers the rooms, nothing else."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from flask import Flask, request
from flask_babel import Babel
from werkzeug.middleware.proxy_fix import ProxyFix

from . import clock, contact, database, keys, policy, retention, vault  # noqa: F401 - rooms tell what they hold
from .consent import views as consent_views
from .console import views as console_views
from .contact import views as contact_views
from .policy import views as policy_views
from .rights import views as rights_views
from .settings import WIDGET, Settings, complete, load
from .web import errors, guards, hatch, logs, negotiate, openapi, status
from .web.counters import Counters
from .web.shelf import Shelf


def create_app(settings: Settings | None = None, *, now: Callable[[], datetime] = clock.now) -> Flask:
    """The WSGI application of one home. `settings`: default those of `WADJET_HOME`; `now`: the clock to go by."""
    settings = complete(settings) if settings else load()
    app = Flask(
        __name__,
        template_folder=str(WIDGET / "templates"),
        static_folder=str(WIDGET / "static"),
        static_url_path="/static/wadjet",
    )
    app.config.update(
        MAX_CONTENT_LENGTH=guards.MAX_BODY_BYTES,
        BABEL_DEFAULT_LOCALE="en",
        SECRET_KEY=keys.ring(settings).page_secret,
        SESSION_COOKIE_NAME="__Host-wadjet" if (is_https := settings.base_url.startswith("https://")) else "wadjet",
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=24 * 3600,
        RATELIMIT_STORAGE_URI=settings.redis_url or "process://",
        RATELIMIT_STORAGE_OPTIONS={"wrap_exceptions": True}
        | ({"socket_timeout": 1, "socket_connect_timeout": 1} if settings.redis_url else {}),
    )
    counters = Counters(settings.home / "counters") if settings.metrics else None
    app.extensions |= {
        "wadjet.settings": settings,
        "wadjet.clock": now,
        "wadjet.checks": _checks(settings, now),
        "wadjet.counters": counters,
    }
    database.open_stores(settings)
    vault.start(settings, now=now())
    contact.repair(settings=settings, now=now())
    policy.reset()
    policy.versions()  # known before the first request, so that pages stand also where the database goes now
    keys.ring(settings)
    Babel(app, locale_selector=lambda: negotiate.language(request))
    guards.init_app(app, settings)
    errors.init_app(app, settings)
    for room in (policy_views, consent_views, contact_views, rights_views, openapi, status):
        app.register_blueprint(room.blueprint)
    take = partial(consent_views.take, settings=settings, counters=counters)
    hatch.init_app(app, {"/api/v1/receipts": lambda post: take(post, now=now())}, settings)
    console_views.mount(app, settings, now)
    app.wsgi_app = Shelf(app.wsgi_app, lambda: _edition(settings, now()), settings.hosts)  # type: ignore[method-assign]
    if settings.access_log:
        logs.init_app(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _checks(settings: Settings, now: Callable[[], datetime]) -> dict[str, Callable[[], object]]:
    """What must hold before posts can be taken; each raises a Problem when it does not."""
    return {
        "database": lambda: database.receipts.read(database.receipts.proxy.get_tables),
        "keys": lambda: keys.ring(settings),
        "policy": lambda: policy.current(now()),
    }


def _edition(settings: Settings, now: datetime) -> tuple[object, ...]:
    """What the answers kept in memory depend on: the version in force and the hour of its offer."""
    known = policy.versions()
    in_force = [each.number for each in known if each.is_in_force(now)]
    return len(known), max(in_force, default=0), now.hour, now.date(), *keys.ring(settings).offer_keys(now)[-1:]
