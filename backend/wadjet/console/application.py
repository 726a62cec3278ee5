"""The console's application: `create_console` registers its pages, nothing else."""

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask_babel import Babel
from werkzeug.routing import IntegerConverter, ValidationError

from .. import keys
from ..jose import b64url
from ..settings import WIDGET, Settings
from ..web import errors, guards, logs, pages
from ..web.boundaries import ROOMY_BODY_BYTES
from . import desk, entrance, guard, passwords, sentences, typed
from .pages import (
    account,
    evidence,
    exports,
    health,
    invitation,
    journal,
    messages,
    notifications,
    persons,
    policy,
    receipts,
    registers,
    requests,
    retention,
    today,
    users,
)

PAGES = (
    today,
    messages,
    requests,
    persons,
    registers,
    exports,
    policy,
    receipts,
    evidence,
    retention,
    journal,
    users,
    health,
    notifications,
    account,
    invitation,
)
TRANSLATIONS = Path(__file__).parents[1] / "translations"


class Number(IntegerConverter):
    """`<int:…>` in an address: nothing has a number that no column of a database holds."""

    def to_python(self, value: str) -> int:
        if len(value) > 10 or (number := int(super().to_python(value))) >= 2**31:
            raise ValidationError
        return number


def create_console(settings: Settings, now: Callable[[], datetime]) -> Flask:
    """The staff's application over a home whose stores are open."""
    app = Flask("wadjet", template_folder=str(WIDGET / "templates"), static_folder=None)
    app.config.update(_configuration(settings))
    app.extensions |= {"wadjet.settings": settings, "wadjet.clock": now, "wadjet.counters": None}
    app.url_map.converters["int"] = Number
    Babel(app, locale_selector=desk.language)
    guard.stand_first(app)
    guards.stand(app, settings)
    errors.init_app(app, settings)
    entrance.init_app(app)
    guard.init_app(app, settings)
    desk.init_app(app)
    typed.init_app(app)
    for room in PAGES:
        app.register_blueprint(room.blueprint)

    @app.after_request
    def keep_nothing(response: Response) -> Response:
        """Where a redirect leads is nothing for a cache either."""
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    @app.get("/static/<name>")
    @guard.open_to_all
    def static_file(name: str) -> Response:
        """A file that the pages load."""
        if (file := pages.files().get(name)) is None:
            raise errors.NotFound("Check the address.")
        known = request.args.get("v") == file.digest
        age = f"public, max-age={365 * 86400 if known else 300}"
        return Response(file.body, mimetype=file.mimetype, headers={"Cache-Control": age})

    if settings.access_log:
        logs.init_app(app)
    return app


def _configuration(settings: Settings) -> dict[str, Any]:
    is_https = settings.base_url.startswith("https://")
    secret = hmac.digest(keys.ring(settings).page_secret, b"wadjet console", "sha256")
    cookie = "__Host-wadjet-console" if is_https else "wadjet-console"

    def derived(use: str) -> str:
        return b64url(hmac.digest(secret, use.encode(), "sha256"))

    return {
        "MAX_CONTENT_LENGTH": ROOMY_BODY_BYTES,
        "MAX_FORM_MEMORY_SIZE": ROOMY_BODY_BYTES,
        "PROBLEM_PAGE": "console/problem.html",
        "BABEL_DEFAULT_LOCALE": "en",
        "SECRET_KEY": secret,
        "SESSION_COOKIE_NAME": cookie,
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_SECURE": is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_CHECK_DEFAULT": False,  # `guard.check_token` does, and keeps what was typed
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
        "WTF_CSRF_SSL_STRICT": False,  # asks for a referrer, which our pages do not send; `guard.check_sender` looks
    } | _entrance(derived, settings)


def _entrance(derived: Callable[[str], str], settings: Settings) -> dict[str, Any]:
    """How Flask-Security is to behave."""
    templates = {
        "LOGIN_USER": "login",
        "VERIFY": "verify",
        "TWO_FACTOR_SETUP": "setup",
        "TWO_FACTOR_VERIFY_CODE": "code",
        "TWO_FACTOR_SELECT": "select",
        "MULTI_FACTOR_RECOVERY": "recovery",
        "MULTI_FACTOR_RECOVERY_CODES": "codes",
        "WAN_REGISTER": "passkeys",
        "WAN_SIGNIN": "passkey",
    }
    return {
        **{f"SECURITY_{name}_TEMPLATE": f"console/entrance/{file}.html" for name, file in templates.items()},
        **{f"SECURITY_MSG_{name}": told for name, told in sentences.MESSAGES.items()},
        "SECURITY_I18N_DOMAIN": "messages",
        "SECURITY_I18N_DIRNAME": [str(TRANSLATIONS)],
        "SECURITY_PASSWORD_SALT": derived("passwords"),
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_LENGTH_MIN": passwords.LEAST,
        "SECURITY_PASSWORD_NORMALIZE_FORM": None,  # as it was typed (ASVS 6.2.8)
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_REQUIRED": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,  # seconds before and after: three codes are good at a time
        "SECURITY_TWO_FACTOR_SETUP_WITHIN": entrance.HALFWAY,
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/console/account/",
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TOTP_SECRETS": {"1": derived("codes")},
        "SECURITY_TOTP_ISSUER": settings.operator.name.get("en") or "Wadjet Consent",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": settings.operator.name.get("en") or "Wadjet Consent",
        "SECURITY_WAN_ALLOW_AS_FIRST_FACTOR": False,
        "SECURITY_WAN_ALLOW_AS_MULTI_FACTOR": False,
        "SECURITY_WAN_ALLOW_AS_VERIFY": [],
        "SECURITY_WAN_REGISTER_WITHIN": timedelta(minutes=5),
        "SECURITY_WAN_POST_REGISTER_VIEW": "/console/account/",
        "SECURITY_FRESHNESS": guard.FRESH,
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_LOGIN_URL": "/login",
        "SECURITY_POST_LOGIN_VIEW": "/console/",
        "SECURITY_POST_LOGOUT_VIEW": "/console/login",
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_CLI_USERS_NAME": "",
        "SECURITY_CLI_ROLES_NAME": "",
        "SECURITY_REDIRECT_BEHAVIOR": None,
    }
