"""What every request passes: Host, body size, cross-origin rules, security headers, rate limits."""

import functools
import logging
import re
import secrets
import threading
import time
from collections.abc import Collection, Mapping
from datetime import date, datetime
from hashlib import blake2s
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from flask import Flask, Response, request
from flask_limiter import Limiter
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter

from .. import clock
from ..problems import Problem
from ..settings import Settings
from .errors import RateLimited
from .headers import Headers

MAX_BODY_BYTES = 16 * 1024
_PAUSE_SECONDS = 2  # after Redis did not answer, before it is asked again
log = logging.getLogger("wadjet")


class HostNotAllowed(Problem):
    """The Host header names none of ours: add it to `hosts` in wadjet.toml if it is.

    Links and caches built on it would be somebody else's.
    """

    slug, status, title = "host-not-allowed", 421, "This server does not answer for that host"


def address_key(sender: str | None, now: datetime) -> str:
    """Who posts, for counting only: a keyed hash that no one can turn back, its key gone with the day.

    An IPv6 network of 64 bits is one household. The key lives in this process' memory.
    """
    try:
        address = ip_address(sender or "")
    except ValueError:  # a proxy that does not say; all who come so are counted as one
        address = ip_address(0)
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or ip_network((address, 64), strict=False).network_address
    return blake2s(address.packed, key=_key_of(clock.local_date(now)), digest_size=16).hexdigest()


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
limiter = Limiter(key_func=lambda: "")  # nobody is counted by it: `count_post` uses its storage and strategy
_in_process = FixedWindowRateLimiter(Counts())
_silent_until = [0.0]  # Redis' silence, by time.monotonic
_parse_rate = functools.lru_cache(parse)


def count_post(rate: str, sender: str | None, now: datetime, *, apart: str = "") -> None:
    """Count one post of this address, or of those of a kind that are counted apart. Raises RateLimited.

    Called by hand, and no withdrawal is refused by it: nothing may stand between a person and the end of a consent.
    Without Redis each process counts for itself; while Redis is down too, so that limits fall back to the
    process and not to none. Not everybody waits for a Redis that hangs: one does, every few seconds.
    """
    item, key = _parse_rate(rate), address_key(sender, now) + apart
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
    """Put the guards up, and begin to count."""
    # Its hooks look for limits on every request; ours is one, counted where it applies (`count_post`).
    app.extensions["limiter"] = {limiter}
    limiter.init_app(app)
    stand(app, settings)


def stand(app: Flask, settings: Settings) -> None:
    """Look at the Host of what comes in, and give the headers to what goes out."""
    hosts = frozenset(settings.hosts)
    headers = Headers(settings)

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
        added = headers.of(
            request.path,
            request.headers.get("Origin"),
            is_page=response.headers.get("Content-Type", "").startswith("text/html"),
            is_kept="Cache-Control" in response.headers,
            preflight=request.method == "OPTIONS",
        )
        response.headers.extend(added)
        return response


def host_name(host: str) -> str:
    """The name in a Host header, without the port."""
    return re.sub(r":[0-9]*\Z", "", host).strip("[]").lower()


def is_plainly_ours(environ: Mapping[str, Any], hosts: Collection[str]) -> bool:
    """Whether a WSGI request names one of the hosts, written in the plainest way: what is not may be all the same."""
    host, _, port = environ.get("HTTP_HOST", "").partition(":")
    return host in hosts and (not port or port.isdigit())
