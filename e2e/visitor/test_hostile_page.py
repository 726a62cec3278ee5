"""Pages that we do not control: odd ones, strict ones, and ones that want a consent nobody gave."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from e2e.pages import Handmade
from e2e.servers import Website

STRICTEST = {
    "Content_Security_Policy": "default-src 'none'; script-src 'self' {backend}; connect-src {backend}; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types wadjet",
    "Cross_Origin_Embedder_Policy": "require-corp",
    "Cross_Origin_Opener_Policy": "same-origin",
    "Cross_Origin_Resource_Policy": "same-origin",
    "Referrer_Policy": "no-referrer",
    "X_Frame_Options": "DENY",
}
TRUSTS_NOBODY = "require-trusted-types-for 'script'; trusted-types 'none'"
POLLUTION = """
for (const [name, value] of Object.entries({
  measurement: true, given: { purposes: { measurement: true } }, event: "given", purposes: { measurement: true },
  version: 1, refused: 0, waiting: null, body: "x", method: "PUT", mode: "no-cors", get: () => true, value: true,
  asked: [], required: ["measurement"], if: "nothing", detail: 1,
})) Object.prototype[name] = value;
Array.prototype.measurement = true;
"""
RESETS = """
* { all: unset !important }
div, section, dialog, button, p, h2 { display: none !important }
"""
CLOBBERED = """
<form id="wadjet" name="querySelector"><input name="allows"><input name="createElement"><input name="attributes"></form>
<img name="body"><img name="documentElement"><img name="head"><a id="fetch"></a><a id="localStorage"></a>
<form name="cookie"></form>
"""
# What a site may let its visitors write, and what must not become code by way of us.
GADGETS = """
<iframe data-wadjet="measurement" data-src="javascript:parent.harmed = 1" title="a"></iframe>
<iframe data-wadjet="measurement" data-src="data:text/html,<script>parent.harmed = 2</script>" title="b"></iframe>
<iframe data-wadjet="measurement" data-src="/harm.html" srcdoc="<b>c</b>" title="c"></iframe>
<script data-wadjet="measurement" type="text/plain" data-src="javascript:harmed = 4"></script>
<script data-wadjet="measurement" type="text/plain" data-src="data:text/javascript,harmed = 5"></script>
<script data-wadjet="measurement" type="application/json" data-src="/harm.js">harmed = 6</script>
<div data-wadjet="measurement" data-src="/harm.js" onclick="harmed = 7">d</div>
<img alt="" data-wadjet="measurement" data-src="/harm.png" onload="harmed = 8" onerror="harmed = 9">
<script data-wadjet="measurement" type="text/plain" data-src="/runs.js" onload="harmed = 10"></script>
<svg><image data-wadjet="measurement" data-src="/harm.svg" onload="harmed = 12" onerror="harmed = 13"></image></svg>
<video data-wadjet="measurement" data-src="/harm.mp4" onerror="harmed = 14"></video>
<object data-wadjet="measurement" data-src="/harm.html"></object>
"""
ELSEWHERE = "elsewhere.test"
CONDITIONS = {
    "plain": "",
    "polluted prototypes": f"<script>{POLLUTION}</script>",
    "base elsewhere": f'<base href="https://{ELSEWHERE}/">',
    "resets": f"<style>{RESETS}</style>",
    "hidden host": "<style>wadjet-banner, html > * { display: none !important; visibility: hidden !important }</style>",
    "huge text": "<style>html { font-size: 400% }</style>",
    "everything moves": "<style>* { transition: all 3s !important; animation-duration: 3s !important }</style>",
    "another address": "<script>window.name = 'x'; history.pushState({}, '', '/?spa')</script>",
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_banner_stands_and_only_an_acknowledged_yes_counts(
    handmade: Handmade, website: Website, condition: str, faults: list[str]
) -> None:
    handmade.visit(website.write(head=CONDITIONS[condition]))

    handmade.refuse()
    handmade.expect_said("Saved.")
    handmade.expect_unmeasured()
    assert "/measured.js" not in website.asked

    handmade.choose(measurement=True)
    handmade.expect_said("Saved.")
    handmade.expect_settled()
    handmade.expect_measured(ELSEWHERE not in CONDITIONS[condition])
    faults[:] = [fault for fault in faults if ELSEWHERE not in fault]  # the page's own wish


def test_strictest_headers_ask_for_no_exception(handmade: Handmade, website: Website) -> None:
    headers = {name: value.format(backend=website.backend.url) for name, value in STRICTEST.items()}
    tag = website.tag.replace("<script", "<script crossorigin")
    handmade.visit(website.write(tag=tag, **headers))

    handmade.accept()

    handmade.expect_measured()
    handmade.withdraw()
    handmade.expect_said("Saved.")
    handmade.expect_unmeasured()


def test_trusted_types_that_do_not_know_us_leave_scripts_off_and_the_page_whole(
    handmade: Handmade, website: Website, faults: list[str]
) -> None:
    handmade.visit(website.write(Content_Security_Policy=TRUSTS_NOBODY))

    handmade.accept()

    handmade.expect_said("Saved.")
    handmade.expect_unmeasured()
    assert all("Trusted" in fault or "policy" in fault for fault in faults), faults
    faults.clear()


def test_clobbered_names_do_not_reach_us(handmade: Handmade, website: Website) -> None:
    handmade.visit(website.write(CLOBBERED))

    handmade.accept()

    handmade.expect_said("Saved.")
    handmade.expect_measured()


def test_tag_pasted_twice_starts_once(handmade: Handmade, website: Website) -> None:
    handmade.visit(website.write(head=website.tag))
    handmade.expect_asking()

    expect(handmade.region).to_have_count(1)
    handmade.accept()
    handmade.expect_measured()
    assert len(handmade.asked_for("POST")) == 1


@pytest.mark.parametrize("attributes", ['type="module"', "defer", "crossorigin", 'data-x="<>"'])
def test_tag_may_be_written_otherwise(handmade: Handmade, website: Website, attributes: str) -> None:
    handmade.visit(website.write(tag=website.tag.replace("async", attributes)))

    handmade.expect_asking()


def test_tag_may_be_inserted_late(handmade: Handmade, website: Website) -> None:
    src = website.tag.split('"')[1]
    late = f"""<script>setTimeout(() => {{
        const tag = document.createElement("script");
        tag.src = "{src}";
        document.body.append(tag);
    }}, 100)</script>"""
    handmade.visit(website.write(tag=late))

    handmade.accept()

    handmade.expect_measured()


def test_replaced_fetch_sees_nothing_and_forges_nothing(handmade: Handmade, website: Website) -> None:
    handmade.visit(website.write()).expect_asking()
    handmade.page.evaluate("""() => {
      window.seen = 0;
      window.fetch = async () => (window.seen++, new Response('{"id":"x","receipt":"x.x.x"}', { status: 201 }));
      XMLHttpRequest.prototype.open = () => { throw new Error("no") };
    }""")

    handmade.accept()

    handmade.expect_said("Saved.")
    assert handmade.page.evaluate("seen") == 0
    assert website.backend.status(handmade.receipt_id()) == "current"


def test_single_page_application_may_throw_everything_away(handmade: Handmade, website: Website) -> None:
    handmade.visit(website.write()).accept()
    handmade.expect_measured()

    handmade.page.evaluate("""() => {
      document.querySelector("wadjet-banner").remove();
      document.body.replaceWith(document.createElement("body"));
      document.body.innerHTML = '<iframe title="later" data-wadjet="embeds" data-src="/later"></iframe>';
    }""")

    expect(handmade.corner).to_be_visible()
    expect(handmade.page.locator("iframe")).to_have_attribute("src", f"{website.origin}/later")


def test_what_visitors_may_write_does_not_run(handmade: Handmade, website: Website) -> None:
    handmade.visit(website.write(GADGETS))

    handmade.accept()

    handmade.expect_measured()
    expect(handmade.page.locator("img")).not_to_have_attribute("src", re.compile(""))
    assert handmade.page.evaluate("typeof harmed") == "undefined"
    assert [path for path in website.asked if "harm" in path] == []


def test_nonce_of_the_tag_is_asked_of_every_script(handmade: Handmade, website: Website) -> None:
    handmade.visit(
        website.write(
            """
      <script type="text/plain" data-wadjet="measurement" nonce="r4nd0m">document.title = "ours"</script>
      <script type="text/plain" data-wadjet="measurement">document.title = "theirs"</script>""",
            tag=website.tag.replace("<script", '<script nonce="r4nd0m"'),
            Content_Security_Policy=f"script-src 'nonce-r4nd0m' 'strict-dynamic'; connect-src {website.backend.url}",
        )
    )

    handmade.accept()

    expect(handmade.page).to_have_title("ours")
    handmade.expect_said("Saved.")
    handmade.expect_unmeasured()


def test_names_are_of_a_kind_that_ad_blockers_leave_alone(handmade: Handmade, website: Website) -> None:
    handmade.visit(website.write())
    handmade.open()
    shown = handmade.page.evaluate("document.querySelector('wadjet-banner').shadowRoot.innerHTML")

    names = re.findall(r'(?:id|class|part|name|src|href)="([^"]*)"', shown) + handmade.requests
    assert [name for name in names if re.search(BLOCKED, name, re.IGNORECASE)] == []


class TestClicksNobodyMade:
    """Consent is a person's press on a button that can be seen."""

    @pytest.fixture
    def asking(self, handmade: Handmade, website: Website) -> Handmade:
        handmade.visit(website.write()).expect_asking()
        expect(handmade.button("Accept all")).to_be_enabled()
        return handmade

    @staticmethod
    def expect_no_consent(handmade: Handmade) -> None:
        handmade.page.wait_for_timeout(200)
        handmade.expect_asking()
        handmade.expect_unmeasured()
        assert handmade.asked_for("POST") == []

    def test_page_cannot_press_accept(self, asking: Handmade) -> None:
        asking.page.evaluate(f"""() => {{
          const accept = {BUTTONS}.find(({{ value }}) => value === "accept");
          accept.click();
          for (const type of ["pointerdown", "mousedown", "mouseup", "click", "submit"])
            accept.dispatchEvent(new MouseEvent(type, {{ bubbles: true, composed: true }}));
          accept.dispatchEvent(new KeyboardEvent("keydown", {{ key: "Enter", bubbles: true, composed: true }}));
        }}""")

        self.expect_no_consent(asking)

    def test_page_can_refuse(self, asking: Handmade) -> None:
        asking.page.evaluate(f"{BUTTONS}.find(({{ value }}) => value === 'refuse').click()")

        asking.expect_said("Saved.")
        asking.expect_settled()
        asking.expect_unmeasured()

    def test_covered_accept_does_not_count(self, asking: Handmade) -> None:
        asking.button("Accept all").focus()
        asking.page.evaluate("""document.documentElement.insertAdjacentHTML("beforeend",
          '<div style="position:fixed;inset:0;z-index:2147483647;background:#fff">You have won!</div>')""")

        asking.page.keyboard.press("Enter")

        self.expect_no_consent(asking)

    def test_accept_off_the_screen_does_not_count(self, asking: Handmade) -> None:
        asking.button("Accept all").focus()
        asking.page.evaluate("document.documentElement.style.transform = 'translateY(200vh)'")

        asking.page.keyboard.press("Enter")

        self.expect_no_consent(asking)


def test_accept_within_half_a_second_does_not_count(page: Page, website: Website) -> None:
    page.clock.install()
    page.goto("about:blank")
    page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))
    handmade = Handmade(page).visit(website.write())
    handmade.expect_asking()
    box = handmade.button("Accept all").bounding_box()
    assert box

    for _ in range(2):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        handmade.expect_asking()
        page.clock.run_for(249)
    assert handmade.asked_for("POST") == []

    page.clock.run_for(10)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    handmade.expect_measured()


def test_sandboxed_page_stays_harmless(handmade: Handmade, website: Website, faults: list[str]) -> None:
    inner = website.write(path="/inner")
    outer = f'<iframe sandbox="allow-scripts" src="{inner}" title="x" width="800" height="600">'
    handmade.page.goto(website.show("/outer", outer))
    frame = handmade.page.frame_locator("iframe")

    frame.get_by_role("button", name="Accept all").click()

    expect(frame.get_by_role("status")).to_have_text("No connection: your choice will be sent later.")
    expect(frame.locator("html[data-measured]")).to_have_count(0)
    assert "/measured.js" not in website.asked
    assert all("CORS" in fault for fault in faults), faults
    faults.clear()


BLOCKED = r"cookie|gdpr|cmp|consent-?(banner|manager|popup)|privacy-?(banner|popup)|tracking|analytics"
BUTTONS = "[...document.querySelector('wadjet-banner').shadowRoot.querySelectorAll('button')]"
