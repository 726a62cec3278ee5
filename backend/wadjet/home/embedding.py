"""What a site's maintainer pastes: the tag, what its CSP must allow, and the proxy that makes it one origin."""

from string import Template
from urllib.parse import quote, urlsplit

from ..problems import SettingsInvalid
from ..settings import Settings, Site, origin_of

# What the recommended set-up hands to the backend; the site keeps everything else.
_PATHS = (
    "/wadjet.js",
    "/wadjet-contact.js",
    "/privacy/",
    "/contact/",
    "/api/",
    "/static/wadjet/",
    "/docs/",
    "/openapi.json",
    "/.well-known/jwks.json",
    "/.well-known/gpc.json",
    "/.well-known/security.txt",
)

_NGINX = Template("""\
# Inside the `server` block of $host. Receipt ids are capabilities: whoever reads one in a log could withdraw it,
# and whoever reads a letter's link could follow it. So what holds one is not logged, as access or in an error's text.
location ~ ^(/api/v1/receipts|/privacy/requests/|/contact/) {
    access_log off;
    error_log /dev/null;
$forward}
location ~ ^($pattern) {
$forward}
location = /privacy {
    return 301 /privacy/;
}
""")
_NGINX_FORWARD = """\
    proxy_pass http://$listen;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $$host;
    proxy_set_header X-Forwarded-Host $$host;
    proxy_set_header X-Forwarded-Proto $$scheme;
    proxy_set_header X-Forwarded-For $$remote_addr;
    client_max_body_size 16k;
"""

# Whoever has the link of an invitation is invited. A draft of the policy is longer than what a visitor sends.
_NGINX_CONSOLE = Template("""\
location /console/invitation/ {
    access_log off;
    error_log /dev/null;
$forward}
location /console/ {
$roomy}
""")

_CADDY = Template("""\
# Receipt ids are capabilities: whoever reads one in a log could withdraw it, and whoever reads a letter's link could
# follow it. So every log leaves them out.
{
\tlog {
\t\tformat filter {
\t\t\twrap json
\t\t\tfields {
\t\t\t\trequest>uri regexp /(receipts|requests/[a-z]+|contact/[a-z]+|invitation)/[^/?]+ /$${1}/-
\t\t\t}
\t\t}
\t}
}

$host {
\t@wadjet path $paths
\thandle @wadjet {
\t\treverse_proxy $listen
\t}
\tredir /privacy /privacy/ permanent
\t# and what the site had before
}
""")


def tag(site: Site, settings: Settings) -> str:
    """The one line that a page needs."""
    return f'<script async src="{settings.base_url}/wadjet.js?site={quote(site.id)}"></script>'


def csp(settings: Settings) -> str:
    """What a site's Content-Security-Policy must allow, a directive a line."""
    origin = origin_of(settings.base_url)
    return (
        f"script-src {origin}\nconnect-src {origin}\n"
        "# and only where the policy already has trusted-types: trusted-types wadjet"
    )


def proxy(kind: str, site: Site, settings: Settings, *, is_with_console: bool = False) -> str:
    """The lines for `nginx` or `caddy` that put widget, policy and choices under the site's own address.

    is_with_console  the staff's console too, under `base_url`; raises SettingsInvalid where the site's own scripts
                     would share its origin, and with it whatever the staff may do there
    """
    address = site.origins[0]
    if is_with_console:
        address = origin_of(settings.base_url)
        if address in site.origins:
            mistake = f"base_url: give the backend a host of its own; the scripts of {address} would reach the console"
            raise SettingsInvalid(mistake, mistakes=[mistake])
    parts = urlsplit(address)
    known = (*_PATHS, "/console/") if is_with_console else _PATHS
    if kind == "caddy":
        host = parts.netloc if parts.scheme == "https" else address  # a bare name means https there
        paths = " ".join(f"{path}*" if path.endswith("/") else path for path in known)
        return _CADDY.substitute(host=host, paths=paths, listen=settings.listen)
    forward = Template(_NGINX_FORWARD).substitute(listen=settings.listen)
    pattern = "|".join(path.replace(".", r"\.") + ("" if path.endswith("/") else "$") for path in _PATHS)
    lines = _NGINX.substitute(host=parts.netloc, forward=forward, pattern=pattern)
    if is_with_console:
        lines += _NGINX_CONSOLE.substitute(forward=forward, roomy=forward.replace("16k", "2m"))
    return lines
