"""Pages that replaced what scripts rely on, or lack it: nothing of ours gets out, nothing is on that nobody allowed."""

import pytest
from playwright.sync_api import expect

from e2e.pages import Handmade
from e2e.servers import Website

# Breaks a builtin for the widget alone, so that whatever is thrown in a page is the widget's.
BREAK = """<script>
(() => {
  const { includes } = String.prototype, { apply } = Reflect, { Error: Fault } = window, { defineProperty } = Object;
  const isOurs = () => apply(includes, new Fault().stack, ["/wadjet.js"]);
  const owner = %s, name = %s, real = owner[name];
  defineProperty(owner, name, { configurable: true, writable: true, value(...given) {
    if (isOurs()) throw new TypeError("replaced by the page");
    return apply(real, this, given);
  } });
})();
</script>"""
METHODS = [
    ("Function.prototype", "bind call apply"),
    ("Array.prototype", "map forEach filter some find includes join push slice flatMap concat entries"),
    ("Array", "isArray from"),
    ("Object", "keys entries fromEntries assign hasOwn freeze defineProperty"),
    ("Promise.prototype", "then catch finally"),
    ("String.prototype", "replace split trim toLowerCase includes matchAll slice startsWith charCodeAt"),
    ("Map.prototype", "get set has delete"),
    ("Number", "isFinite"),
]
REPLACED = {f"{owner}.{name}": (owner, repr(name)) for owner, names in METHODS for name in names.split()} | {
    "array iterator": ("Array.prototype", "Symbol.iterator"),
    "array iterator's next": ("Object.getPrototypeOf([][Symbol.iterator]())", "'next'"),
    "string iterator": ("String.prototype", "Symbol.iterator"),
    "regular expressions' replace": ("RegExp.prototype", "Symbol.replace"),
}
EVENTS = {
    "RegExp.prototype.test": ("RegExp.prototype", "'test'"),
    "addEventListener": ("EventTarget.prototype", "'addEventListener'"),
    "MutationObserver.prototype.observe": ("MutationObserver.prototype", "'observe'"),
    "dispatchEvent": ("EventTarget.prototype", "'dispatchEvent'"),
}
MISSING = {
    "MutationObserver": "delete window.MutationObserver",
    "customElements": "Object.defineProperty(window, 'customElements', { value: undefined })",
    "indexedDB": "Object.defineProperty(window, 'indexedDB', { value: undefined })",
    "adoptedStyleSheets": "for (const { prototype } of [Document, ShadowRoot]) delete prototype.adoptedStyleSheets",
    "CSSStyleSheet": "delete window.CSSStyleSheet",
    "languages": "Object.defineProperty(navigator, 'languages', { value: undefined })",
    "CustomEvent": "delete window.CustomEvent",
    "toJSON": "Array.prototype.toJSON = function () { return '[]' }",
}
# Here nothing can be built or signed at all: off, and the page as it was.
HOPELESS = {
    "JSON": "Object.defineProperty(window, 'JSON', { value: undefined })",
    "Reflect": "Object.defineProperty(window, 'Reflect', { value: undefined })",
    "attachShadow": "Element.prototype.attachShadow = () => { throw new TypeError('no') }",
    "createElement": "Document.prototype.createElement = () => { throw new TypeError('no') }",
    "append": "Element.prototype.append = () => { throw new TypeError('no') }",
    "setAttribute": "Element.prototype.setAttribute = () => { throw new TypeError('no') }",
}
WORKING = {name: BREAK % what for name, what in (REPLACED | EVENTS).items()} | {
    name: f"<script>{what}</script>" for name, what in MISSING.items()
}


@pytest.mark.parametrize("condition", WORKING)
def test_banner_stands_and_takes_refusal_and_consent(handmade: Handmade, website: Website, condition: str) -> None:
    handmade.visit(website.write(head=WORKING[condition]))
    handmade.expect_asking()
    handmade.expect_unmeasured()

    handmade.refuse()
    handmade.expect_said("Saved.")
    handmade.expect_unmeasured()
    assert "/measured.js" not in website.asked

    handmade.choose(measurement=True)
    handmade.expect_said("Saved.")
    handmade.expect_measured()


def test_where_nothing_kept_can_be_read_nothing_counts_as_kept(handmade: Handmade, website: Website) -> None:
    handmade.visit(website.write(head=BREAK % ("JSON", "'parse'")))

    handmade.accept()

    handmade.expect_asking()
    handmade.expect_unmeasured()


def test_without_random_numbers_nothing_is_decided_and_the_banner_stays(handmade: Handmade, website: Website) -> None:
    handmade.visit(website.write(head="<script>Object.defineProperty(window, 'crypto', { value: undefined })</script>"))

    handmade.accept()

    handmade.expect_said("Not saved. Please try again.")
    handmade.expect_asking()
    handmade.expect_unmeasured()


@pytest.mark.parametrize("condition", HOPELESS)
def test_where_nothing_can_be_built_all_stays_off(handmade: Handmade, website: Website, condition: str) -> None:
    handmade.visit(website.write(head=f"<script>{HOPELESS[condition]}</script>"))

    handmade.page.wait_for_timeout(300)

    handmade.expect_unmeasured()
    assert "/measured.js" not in website.asked
    expect(handmade.page.get_by_role("heading", name="A page")).to_be_visible()
