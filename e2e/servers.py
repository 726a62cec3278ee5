"""Real servers for the journeys: `wadjet` in processes of its own, and a website that somebody wrote by hand."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests

from tests.services import free_port

WADJET = str(Path(sys.executable).with_name("wadjet"))
START_SECONDS = 30
UNLIMITED = "6000 per minute"  # one address posts for many visitors here
# What the next version says more than the one before, in its text and in its summary.
CHANGE = {
    "kk": "Хабарламалар екі ай сақталады.",
    "ru": "Сообщения хранятся два месяца.",
    "en": "Messages are kept for two months.",
}


def environ(**more: str) -> dict[str, str]:
    """The environment of a command: nothing of ours but what is named."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WADJET_")}
    return kept | {"PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "error"} | more


def wadjet(*arguments: str | Path, cwd: Path | None = None, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own. `more`: text for its environment."""
    return subprocess.run(
        [WADJET, *arguments], cwd=cwd, env=environ(**more), capture_output=True, text=True, check=False
    )


# What the website's own script does when it runs, and when it is told that it may not any longer.
MEASURED = """const html = document.getElementsByTagName("html")[0];
html.dataset.measured = "yes";
addEventListener("wadjet:change", () => wadjet.allows("measurement") || delete html.dataset.measured);
"""


class Home:
    """A folder that WADJET_HOME names, the command line that acts on it, and the process that serves it."""

    def __init__(self, folder: Path, *serving: str, ready: str, **more: str) -> None:
        """serving  the command that serves, with its arguments; ready  what it says once it answers"""
        self.folder = folder
        self.url: str  # where it is reached
        self._environ: dict[str, Any] = {"WADJET_HOME": str(folder), **more}
        self._serving, self._ready = serving, ready
        self._log = folder.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None

    def wadjet(self, *arguments: str | Path) -> str:
        """Run a command on this home and give what it prints."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """The same, whatever comes of it."""
        return wadjet(*arguments, **self._environ)

    def status(self, receipt: str) -> str:
        """What the server says of a receipt to whoever knows its id."""
        return str(requests.get(f"{self.url}/api/v1/receipts/{receipt}", timeout=10).json()["status"])

    def publish(self, *options: str) -> None:
        """Publish the next version: the home's own bundle with a clause more, and a word on what changed."""
        bundle = self.folder / "policy"
        for text in bundle.glob("*.md"):
            text.write_text(text.read_text("utf-8").rstrip() + f"\n\n12.9. {CHANGE[text.stem]}\n", "utf-8")
        manifest = bundle / "policy.toml"
        if "summary" not in (facts := manifest.read_text("utf-8")):
            summary = "".join(f'summary.{language} = "{words}"\n' for language, words in CHANGE.items())
            manifest.write_text(summary + facts, "utf-8")
        self.wadjet("policy", "publish", bundle, "--incomplete", *options)

    def start(self) -> None:
        """Serve; returns once it answers."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [WADJET, *self._serving],
                env=environ(**self._environ),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until = time.monotonic() + START_SECONDS
        while self._ready not in self.said():
            assert self._process.poll() is None, self.said()
            assert time.monotonic() < until, self.said()
            time.sleep(0.02)

    def said(self) -> str:
        """What the serving process has printed."""
        return self._log.read_text("utf-8")

    def freeze(self) -> None:
        """It takes connections and answers nobody, as a machine that hangs."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """As a power cut does, without a word."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def stop(self) -> None:
        """End it as an init system does."""
        if self._process is None:
            return
        assert self._process.poll() is None, f"it ended before it was told to:\n{self.said()}"
        self.thaw()
        self._process.terminate()
        assert self._process.wait(20) == 0, self.said()
        self._process = None
        assert '"level": "error"' not in self.said(), self.said()


class Demo(Home):
    """What `make run` starts: the backend and, on another origin or on the same one, a page that plays the site."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.port, self.site_port = free_port(), free_port()
        self.site = f"http://127.0.0.1:{self.site_port}/"
        self.url = self.site[:-1] if "--one-origin" in options else f"http://127.0.0.1:{self.port}"
        self.privacy = f"{self.url}/privacy/"
        ports = {"PORT": str(self.port), "SITE_PORT": str(self.site_port)}
        super().__init__(folder, "demo", *options, ready="Ctrl-C", WADJET_RATE_LIMIT=UNLIMITED, **ports)


class Backend(Home):
    """What `wadjet serve` serves, for a site of somebody's own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__(folder, "serve", "--port", str(self.port), ready="Serving", WADJET_RATE_LIMIT=UNLIMITED)


Page = tuple[str, Mapping[str, str]]


class Website:
    """Pages of one's own on an origin of one's own; `asked` are the paths that browsers came for."""

    def __init__(self) -> None:
        self.backend: Backend
        self.tag = ""
        self.pages: dict[str, Page] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append(self.path)
                text, headers = site.pages.get(self.path.partition("?")[0], ("", {}))
                body = text.encode()
                self.send_response(200 if body else 404)
                kind = "text/javascript" if self.path.endswith(".js") else "text/html"
                for name, value in {"Content-Type": f"{kind}; charset=utf-8", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        port = self._server.server_port
        self.origin, self.insecure_origin = f"http://127.0.0.1:{port}", f"http://wadjet.test:{port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def show(self, path: str, text: str, **headers: str) -> str:
        """Put a page or a script there; its address. `headers` are written with underscores."""
        self.pages[path] = text, {name.replace("_", "-"): value for name, value in headers.items()}
        return self.origin + path

    def write(
        self,
        body: str = "",
        *,
        head: str = "",
        tag: str | None = None,
        language: str = "en",
        path: str = "/",
        **headers: str,
    ) -> str:
        """A whole page with the widget's tag, and a script that waits for `measurement`; its address."""
        self.show("/measured.js", MEASURED)
        self.asked.clear()
        waiting = '<script type="text/plain" data-wadjet="measurement" data-src="/measured.js"></script>'
        page = f"""<!doctype html>
            <html lang="{language}"><head><meta charset="utf-8"><title>A page</title>{head}{tag or self.tag}</head>
            <body><main><h1>A page</h1>{body}{waiting}</main></body></html>"""
        return self.show(path, page, **headers)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
