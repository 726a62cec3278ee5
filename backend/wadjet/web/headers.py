"""What every answer carries, refusals too."""

from itertools import chain
from urllib.parse import urlsplit

from ..settings import Settings, origin_of

# The pages load nothing from elsewhere and no inline script or style; nobody may frame them.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' {base}; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
# Read by any page: they depend on site and language alone and hold nothing of a person.
_OPEN_PATHS = frozenset(
    {"/wadjet.js", "/wadjet-contact.js", "/api/v1/offer", "/.well-known/jwks.json", "/openapi.json"}
)


class Headers:
    """What the guards add to every answer, those in front of Flask's views and in them."""

    def __init__(self, settings: Settings) -> None:
        self._origins = settings.origins
        everywhere = list(EVERYWHERE.items())
        if settings.base_url.startswith("https://"):
            below = "" if _are_under_ours(settings) else "; includeSubDomains"
            everywhere.append(("Strict-Transport-Security", f"max-age=63072000{below}"))
        page_policy = PAGE_POLICY.format(base=origin_of(settings.base_url))
        self._data = [*everywhere, ("Content-Security-Policy", DATA_POLICY)]
        self._page = [*everywhere, ("Content-Security-Policy", page_policy)]

    def of(
        self, path: str, origin: str | None, *, is_page: bool = False, is_kept: bool = False, preflight: bool = False
    ) -> list[tuple[str, str]]:
        """For an answer at this path to a page of this origin. `is_kept`: it says itself how long it may be kept."""
        added = list(self._page if is_page else self._data)
        if path in _OPEN_PATHS:
            added += [("Access-Control-Allow-Origin", "*"), ("Cross-Origin-Resource-Policy", "cross-origin")]
        elif path.startswith("/api/"):
            if not is_kept:
                added.append(("Cache-Control", "no-store"))
            added += _cross_origin(origin, self._origins, preflight=preflight)
        else:
            added.append(("Cross-Origin-Resource-Policy", "same-origin"))
        return added


def _are_under_ours(settings: Settings) -> bool:
    """Whether a site is at one of our hosts or below it: then what it speaks there is for the site to promise."""
    ours, sites = (
        {urlsplit(origin).hostname for origin in origins}
        for origins in (settings.own_origins, chain.from_iterable(site.origins for site in settings.sites.values()))
    )
    return any(f".{site}".endswith(f".{our}") for our in ours for site in sites)


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
