"""A stranger's page frames the console, in the browser of somebody who has signed in: nothing of it is shown."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Request

SLOW = {"health.examine"}  # seconds of looking at the machine; its head is that of the others


@contextmanager
def stranger(framed):
    """Somebody's page on the console's own machine: of the same site, so that the session's cookie goes along."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            frames = "".join(f'<iframe src="{url}"></iframe>' for url in ["/own", *framed])
            body = b"<p>shown</p>" if self.path == "/own" else frames.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Silence."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def paths(console):
    """Every page that stands at one address, and those of the first of each kind that is counted."""
    for rule in sorted(console.url_map.iter_rules(), key=str):
        numbered = rule.rule.replace("<int:", "<").replace("<int(max=999999999):", "<")
        for name in ("number", "seq", "staff"):
            numbered = numbered.replace(f"<{name}>", "1")
        if "GET" in rule.methods and "<" not in numbered and rule.endpoint not in SLOW:
            yield numbered.removeprefix("/")


def test_no_page_of_the_console_is_shown_in_a_strangers(house, staff, faults):
    framed = [house.url + path for path in paths(house._console)]
    page, blocked = staff("responsible"), list[Request]()
    page.on("requestfailed", lambda request: blocked.append(request))
    statuses = [page.request.get(url, max_redirects=0).status for url in framed]
    assert statuses.count(200) > 25  # whom they are framed for sees them elsewhere

    with stranger(framed) as url:
        page.goto(url)

        own, *others = page.main_frame.child_frames
        assert own.content().count("shown") == 1
        assert [each.url for each in others] == ["chrome-error://chromewebdata/"] * len(framed)
    assert len(framed) > 40
    assert {each.failure for each in blocked} == {"net::ERR_BLOCKED_BY_RESPONSE"}
    faults.clear()  # the browser tells of each
