"""What of strangers' words comes alive in a browser: it runs, or the page's policy had to forbid it."""

from playwright.sync_api import BrowserContext

REPORT = """addEventListener("securitypolicyviolation", (event) => reported(event.effectiveDirective))"""

Told = dict[str, list[str]]
QUIET: Told = {"ran": [], "reported": []}


def watch(context: BrowserContext, told: Told) -> None:
    """Every page of a browser tells both: what of `tests.payloads` ran, and what the browser did not let run."""
    context.expose_function("ran", lambda *_: told["ran"].append("ran"))
    context.expose_function("reported", lambda what: told["reported"].append(what))
    context.add_init_script(REPORT)
