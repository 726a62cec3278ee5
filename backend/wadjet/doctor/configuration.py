"""Settings that can each be read but do not work together, or not with this law and these browsers."""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from ..settings import LANGUAGES, Settings, is_loopback, origin_of
from .findings import Finding, error, warning

_MANY_PROXIES = 5
_MANY_PROCESSES = 64


def examine(settings: Settings) -> Iterator[Finding]:
    """Every check of this file."""
    for check in (_sites, _origins, _base_url, _privacy_url, _proxies, _listening, _workers, _contact, _operator):
        yield from check(settings)


def _is_loopback(url: str) -> bool:
    return is_loopback(urlsplit(url).hostname or "")


def _sites(settings: Settings) -> Iterator[Finding]:
    if not settings.sites:
        yield error("sites", "no website may embed the widget", 'add [sites."example.kz"] with its origins')
    owners: dict[str, str] = {}
    for site in settings.sites.values():
        for origin in site.origins:
            if owners.setdefault(origin, site.id) != site.id:
                yield error("sites", f"{origin} belongs to {owners[origin]} and to {site.id}", "leave it with one")


def _origins(settings: Settings) -> Iterator[Finding]:
    for origin in (origin for site in settings.sites.values() for origin in site.origins):
        if origin.startswith("http:") and not _is_loopback(origin):
            yield warning(
                "sites", f"{origin} has no TLS, so decisions made there are not signed", "serve it over https"
            )


def _base_url(settings: Settings) -> Iterator[Finding]:
    """Whether the sites' visitors can load the widget."""
    base = settings.base_url
    origins = [origin for site in settings.sites.values() for origin in site.origins]
    public = [origin for origin in origins if not _is_loopback(origin)]
    if urlsplit(base).path:
        yield error("base_url", "the backend answers at the root of a host", "leave the path out of base_url")
    if _is_loopback(base) and public:
        what = f"{base} is this machine alone; visitors of {public[0]} cannot reach it"
        yield warning("base_url", what, "set base_url to the public address before going live")
    elif base.startswith("http:") and any(origin.startswith("https:") for origin in origins):
        yield error("base_url", "pages served over https may not load a script over http", "give base_url https")


def _privacy_url(settings: Settings) -> Iterator[Finding]:
    url = settings.privacy_url
    known = {origin_of(settings.base_url)}.union(*(site.origins for site in settings.sites.values()))
    if origin_of(url) not in known:
        yield error("privacy_url", f"{url} is neither at base_url nor at a site", "put it where the policy is served")
    elif urlsplit(url).path != "/privacy/":
        yield error("privacy_url", f"{url} is not where the policy is served", "let it end in /privacy/")


def _proxies(settings: Settings) -> Iterator[Finding]:
    count, base = settings.trusted_proxies, settings.base_url
    if count == 0 and base.startswith("https:"):
        what = "base_url is https, so a proxy stands in front, and all visitors count as that one address"
        yield error("trusted_proxies", what, "set trusted_proxies = 1")
    elif count and _is_loopback(base):
        what = "nothing stands in front of a loopback base_url, so anybody could claim any address"
        yield warning("trusted_proxies", what, "set trusted_proxies = 0")
    elif count > _MANY_PROXIES:
        yield error("trusted_proxies", f"{count} proxies are not likely", "count those that set X-Forwarded-For")


def _listening(settings: Settings) -> Iterator[Finding]:
    host = settings.listen.rpartition(":")[0].strip("[]")
    if host == "localhost" or not ip_address(host).is_global:
        return
    if settings.trusted_proxies:
        what = f"whoever reaches {settings.listen} goes round the proxy and may claim any address"
        yield warning("listen", what, "listen on 127.0.0.1, or let a firewall admit the proxy alone")
    if settings.metrics:
        what = f"/metrics answers everybody who reaches {settings.listen}"
        yield warning("metrics", what, "listen on 127.0.0.1, or set metrics = false")


def _workers(settings: Settings) -> Iterator[Finding]:
    if settings.workers > _MANY_PROCESSES:
        yield error("workers", f"{settings.workers} processes only take each other's memory", "set one per core")


def _contact(settings: Settings) -> Iterator[Finding]:
    if not settings.security_contact and not settings.operator.email:
        what = "nobody who finds a hole can tell you"
        yield warning("security_contact", what, "set security_contact, or email under [operator]")


def _operator(settings: Settings) -> Iterator[Finding]:
    operator = settings.operator
    if operator.email and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", operator.email):
        yield error(
            "operator.email", f"{operator.email!r} is not an e-mail address", "write it like privacy@example.kz"
        )
    for name in ("website", "authority_url"):
        address = getattr(operator, name)
        if address and not re.match(r"https?://[^\s/]+\.[^\s/]+", address):
            yield error(f"operator.{name}", f"{address!r} is not an address", "write it like https://example.kz")
    for name in ("name", "address", "responsible", "authority"):
        words = getattr(operator, name)
        lacks = " and ".join(language for language in LANGUAGES[:2] if words and not words.get(language))
        if lacks:
            yield warning(f"operator.{name}", f"it is not given in {lacks}", f"add {lacks} under [operator]")
