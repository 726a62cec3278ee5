"""What every request passes: Host, body size, cross-origin rules, security headers, rate limits."""

import functools
import hmac
import logging
import re
import secrets
import threading
import time
from datetime import date
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter

from .. import clock
from ..problems import Problem
from ..settings import Settings, origin_of
from .errors import RateLimited
from .headers import DATA_POLICY, EVERYWHERE, PAGE_POLICY

MAX_BODY_BYTES = 16 * 1024
_PAUSE_SECONDS = 2  # after Redis did not answer, before it is asked again
log = logging.getLogger("wadjet")

# Read by any page: they depend on site and language alone and hold nothing of a person.
_OPEN_PATHS = frozenset(
    {"/wadjet.js", "/wadjet-contact.js", "/api/v1/offer", "/.well-known/jwks.json", "/openapi.json"}
)


class HostNotAllowed(Problem):
    """The Host header names none of ours: add it to `hosts` in wadjet.toml if it is.

    Links and caches built on it would be somebody else's.
    """

    slug, status, title = "host-not-allowed", 421, "This server does not answer for that host"


def address_key() -> str:
    """Who posts, for counting only: a keyed hash that no one can turn back, its key gone with the day.

    An IPv6 network of 64 bits is one household. The key lives in this process' memory.
    """
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:  # a proxy that does not say; all who come so are counted as one
        address = ip_address(0)
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or ip_network((address, 64), strict=False).network_address
    day = clock.local_date(current_app.extensions["wadjet.clock"]())
    return hmac.new(_key_of(day), address.packed, sha256).hexdigest()[:32]


def _key_of(day: date) -> bytes:
    """The day's key; where Redis counts for several processes, they share it there."""
    if _daily.get("day") != day:
        key = secrets.token_bytes(32)
        if isinstance(limiter.storage, RedisStorage):
            name, redis = f"wadjet:{day}", limiter.storage.storage
            try:
                redis.set(name, key, nx=True, ex=2 * 86400)
                key = redis.get(name)
            except limiter.storage.base_exceptions:
                log.warning("Redis does not answer: this process counts for itself today")
        _daily.update(day=day, key=key)
    return bytes(_daily["key"])


class Counts(MemoryStorage):
    """Counts in this process' memory. limits' own starts a thread for each count, to forget the old ones."""

    STORAGE_SCHEME = ["process"]  # noqa: RUF012 - so it is declared there

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._counting = threading.Lock()
        self._forgot_at = time.time()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count; once a minute whoever counts forgets what is over."""
        with self._counting:
            now = time.time()
            if now > self._forgot_at + 60:
                self._forgot_at = now
                for each in [each for each, until in self.expirations.items() if until <= now]:
                    self.clear(each)
            self.get(key)  # forgets it, if it is over
            self.storage[key] += amount
            self.expirations.setdefault(key, now + expiry)
            return self.storage[key]


_daily: dict[str, Any] = {}
limiter = Limiter(key_func=address_key)
_in_process = FixedWindowRateLimiter(Counts())
_silent_until = [0.0]  # Redis' silence, by time.monotonic
_parse_rate = functools.lru_cache(parse)


def count_post(rate: str, *, apart: str = "") -> None:
    """Count one post of this address, or of those of a kind that are counted apart. Raises RateLimited.

    Called by hand, and no withdrawal is refused by it: nothing may stand between a person and the end of a consent.
    Without Redis each process counts for itself; while Redis is down too, so that limits fall back to the
    process and not to none. Not everybody waits for a Redis that hangs: one does, every few seconds.
    """
    item, key = _parse_rate(rate), address_key() + apart
    if time.monotonic() < _silent_until[0]:
        wait = _wait(_in_process, item, key)
    else:
        try:
            wait = _wait(limiter.limiter, item, key)
        except StorageError:
            _silent_until[0] = time.monotonic() + _PAUSE_SECONDS
            wait = _wait(_in_process, item, key)
    if wait:
        raise RateLimited(wait)


def _wait(counter: RateLimiter, item: RateLimitItem, key: str) -> int:
    """Count; for how many seconds this address has to wait, 0 when it need not."""
    if counter.hit(item, key):
        return 0
    return max(1, int(counter.get_window_stats(item, key).reset_time - time.time()))


def init_app(app: Flask, settings: Settings) -> None:
    """Put the guards up."""
    # Its hooks look for limits on every request; ours is one, counted where it applies (`count_post`).
    app.extensions["limiter"] = {limiter}
    limiter.init_app(app)
    hosts = frozenset(settings.hosts)
    origins = settings.own_origins.union(*(site.origins for site in settings.sites.values()))
    page_policy = PAGE_POLICY.format(base=origin_of(settings.base_url))
    everywhere = list(EVERYWHERE.items())
    if settings.base_url.startswith("https://"):
        everywhere.append(("Strict-Transport-Security", "max-age=63072000; includeSubDomains"))

    @app.before_request
    def check_host() -> Response | None:
        if host_name(request.host) not in hosts:
            raise HostNotAllowed("Add it to `hosts` in wadjet.toml if it is yours.")
        if request.method == "OPTIONS" and request.path.startswith("/api/"):
            return Response(status=204)
        return None

    @app.after_request
    def add_headers(response: Response) -> Response:
        """One `extend`: setting header by header costs every answer as much as finding its view does."""
        headers, path = response.headers, request.path
        page = headers.get("Content-Type", "").startswith("text/html")
        added = [*everywhere, ("Content-Security-Policy", page_policy if page else DATA_POLICY)]
        if path in _OPEN_PATHS:
            added += [("Access-Control-Allow-Origin", "*"), ("Cross-Origin-Resource-Policy", "cross-origin")]
        elif path.startswith("/api/"):
            if "Cache-Control" not in headers:
                added.append(("Cache-Control", "no-store"))
            added += _cross_origin(request.headers.get("Origin"), origins, preflight=request.method == "OPTIONS")
        else:
            added.append(("Cross-Origin-Resource-Policy", "same-origin"))
        headers.extend(added)
        return response


def host_name(host: str) -> str:
    """The name in a Host header, without the port."""
    return re.sub(r":[0-9]*\Z", "", host).strip("[]").lower()


def _cross_origin(origin: str | None, origins: frozenset[str], *, preflight: bool) -> list[tuple[str, str]]:
    """Exact origins only, never with credentials (cookies would make a write forgeable)."""
    said = [("Vary", "Origin")]
    if origin in origins and origin:
        said += [("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", "Retry-After")]
        if preflight:
            said += [
                ("Access-Control-Allow-Methods", "GET, POST"),
                ("Access-Control-Allow-Headers", "Content-Type"),
                ("Access-Control-Max-Age", "7200"),
            ]
    return said
