"""The offer: what a site puts before a visitor, and the token that proves it was put.

The token is an itsdangerous timed signature over site, policy version and digest. It names no language and its
time is rounded down to the hour, so every process answers the same bytes and a CDN can hold them.
"""

import functools
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from itsdangerous import BadData, TimestampSigner

from .. import clock, jose, keys, policy
from ..settings import Settings, Site
from .problems import OfferExpired, OfferInvalid, SiteUnknown

LIFE = keys.OFFER_LIFE


@dataclass(frozen=True)
class Offer:
    """A genuine offer: what it was put for."""

    site: str
    version: int
    digest: str


class _Signer(TimestampSigner):
    """Signs as of a moment that it is given."""

    default_digest_method = staticmethod(hashlib.sha256)

    def __init__(self, secrets: tuple[str, ...], moment: datetime | None = None) -> None:
        super().__init__(list(secrets), salt="wadjet-offer-1", sep="~")
        self._moment = moment

    def get_timestamp(self) -> int:
        return int(self._moment.timestamp()) if self._moment else super().get_timestamp()


def site_of(site_id: str | None, settings: Settings) -> Site:
    """The site of that id; the only one when none is named. Raises SiteUnknown."""
    site = settings.site(site_id)
    if site is None:
        raise SiteUnknown("Name one of the sites in wadjet.toml: ?site=…")
    return site


def issue(site: Site, version: policy.Version, *, settings: Settings, now: datetime) -> tuple[str, datetime]:
    """A token for this site and version, and when it expires."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    token = _sign(site.id, version.number, version.digest, tuple(keys.ring(settings).offer_keys(now)), hour)
    return token, hour + LIFE


def read(token: str, *, settings: Settings, now: datetime) -> Offer:
    """The offer behind a token. Raises OfferInvalid, OfferExpired."""
    offer, signed_at = _read(token, tuple(keys.ring(settings).offer_keys(now)))
    if now > signed_at + LIFE:
        raise OfferExpired("Ask for a new offer and decide again.")
    return offer


def named(token: str) -> Offer:
    """What a token says it was put for, unverified: its signature is the operator's secret. Raises ValueError."""
    site, version, digest, _, _ = token.split("~")
    return Offer(site, int(version), digest)


def describe(
    site: Site, version: policy.Version, language: str | None, *, settings: Settings, now: datetime
) -> dict[str, Any]:
    """The offer as `GET /api/v1/offer` answers it, in `language` or what stands in for it."""
    shown = policy.pick({each: each for each in version.languages}, language or "kk") or "kk"
    token, expires = issue(site, version, settings=settings, now=now)
    return {
        "site": site.id,
        "language": shown,
        "languages": list(version.languages),
        "policy": {
            "version": version.number,
            "digest": version.digest,
            "url": f"{settings.privacy_url}v/{version.number}/",
            "effective": version.effective_on.isoformat(),
            "summary": policy.pick(version.summary, shown) or "",
        },
        "purposes": [
            {
                "key": purpose.key,
                "asked": purpose.asked,
                "required": purpose.required,
                "name": policy.pick(purpose.name, shown),
                "description": policy.pick(purpose.description, shown),
            }
            for purpose in version.purposes
        ],
        "token": token,
        "expires": clock.stamp(expires),
    }


@functools.lru_cache(maxsize=64)
def _sign(site: str, version: int, digest: str, secrets: tuple[str, ...], hour: datetime) -> str:
    return _Signer(secrets, hour).sign(f"{site}~{version}~{digest}").decode("ascii")


# The same few tokens come back from every visitor; a genuine one is worth remembering, a forged one is not
# (an exception is never cached).
@functools.lru_cache(maxsize=256)
def _read(token: str, secrets: tuple[str, ...]) -> tuple[Offer, datetime]:
    try:
        for part in token.split("~")[3:]:
            jose.unb64url(part)  # itsdangerous forgives padding and stray bits; one token has one text here
        # Age is judged by the caller's clock, so that a remembered token expires too.
        _, signed_at = _Signer(secrets).unsign(token, return_timestamp=True)
        return named(token), signed_at
    except (BadData, ValueError, OverflowError) as error:
        raise OfferInvalid("Load the page again to get a new offer.") from error
