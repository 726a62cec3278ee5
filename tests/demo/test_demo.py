"""What `make run` starts: the backend, and on another origin a page that plays the site."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.services import free_port
from tests.terminal import WADJET


class Demo:
    def __init__(self, process: subprocess.Popen[str], port: int, site_port: int) -> None:
        self.process = process
        self.site, self.backend = f"http://127.0.0.1:{site_port}", f"http://127.0.0.1:{port}"
        self.ports = (port, site_port)
        self.said = ""
        while "Ctrl-C" not in self.said:
            line = process.stdout.readline() if process.stdout else ""
            assert line, "the demo ended"
            self.said += line


@contextmanager
def run(home, *options: str, **environment: str) -> Iterator[Demo]:
    port, site_port = free_port(), free_port()
    environment |= {"WADJET_HOME": str(home), "PORT": str(port), "SITE_PORT": str(site_port)}
    with subprocess.Popen(
        [WADJET, "demo", *options], stdout=subprocess.PIPE, text=True, env=os.environ | environment
    ) as process:
        try:
            yield Demo(process, port, site_port)
        finally:
            process.terminate()


def get(url: str):
    with urlopen(url, timeout=5) as answer:
        return answer.headers, answer.read().decode()


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def wait_until_free(ports) -> bool:
    until = time.monotonic() + 10
    while not all(map(is_free, ports)):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def test_site_and_backend_stand_on_two_origins(tmp_path, terminal):
    with run(terminal.home) as demo:
        headers, page = get(f"{demo.site}/?lang=ru")
        tag = f'<script async src="{demo.backend}/wadjet.js?site=wadjet.kz"></script>'
        assert tag in page
        assert '<html lang="ru">' in page
        assert all(said in demo.said for said in (demo.site, demo.backend, tag))
        assert f"script-src 'self' {demo.backend};" in headers["Content-Security-Policy"]
        assert '<html lang="ru"' in get(f"{demo.backend}/privacy/?lang=ru")[1]
        for marked in ("/measurement.js", "/embed.html", "/site.css", "/icon.svg"):
            assert get(demo.site + marked)[1]
        with pytest.raises(HTTPError, match="404"):
            get(f"{demo.site}/privacy/")
        assert terminal("policy", "list", "--json").rows[0]["languages"] == ["kk", "ru", "en"]
        assert "missing" in terminal("policy", "show", "1").out
        assert terminal("doctor").status == 0
        assert f"{terminal.home}/mail" in demo.said
        assert terminal("mail", "send", "--json").rows[0]["fault"] == ""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_stops_cleanly(how, tmp_path):
    with run(tmp_path / "home") as demo:
        demo.process.send_signal(how)

        assert demo.process.wait(15) == 0
        assert all(map(is_free, demo.ports))


def test_site_does_not_outlive_a_backend_that_was_killed(tmp_path):
    with run(tmp_path / "home") as demo:
        demo.process.kill()

        assert wait_until_free(demo.ports)


def test_second_run_on_other_ports_changes_no_file(tmp_path):
    home = tmp_path / "home"
    with run(home):
        pass
    before = (home / "wadjet.toml").read_bytes()

    with run(home) as demo:
        offer = json.loads(get(f"{demo.backend}/api/v1/offer")[1])

        assert offer["policy"]["version"] == 1
        assert offer["policy"]["url"].startswith(demo.backend)
        assert demo.backend in get(f"{demo.site}/")[1]
    assert (home / "wadjet.toml").read_bytes() == before


@pytest.mark.parametrize("which", [0, 1])
def test_port_that_is_taken_is_told_and_nothing_stays(which, tmp_path):
    ports = [free_port(), free_port()]
    with socket.create_server(("127.0.0.1", ports[which])):
        done = subprocess.run(
            [WADJET, "demo", "--port", str(ports[0]), "--site-port", str(ports[1])],
            check=False,
            env=os.environ | {"WADJET_HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
        )

    assert (done.returncode, done.stdout) == (2, "")
    assert str(ports[which]) in done.stderr
    assert done.stderr.count("\n") == 1
    assert wait_until_free(ports)


def test_one_origin_hands_on_to_the_backend(tmp_path):
    with run(tmp_path / "home", "--one-origin") as demo:
        assert f'src="{demo.site}/wadjet.js' in get(f"{demo.site}/")[1]
        assert get(f"{demo.site}/wadjet.js?site=wadjet.kz")[0]["Content-Type"].startswith("text/javascript")
        assert json.loads(get(f"{demo.site}/api/v1/offer?lang=kk")[1])["language"] == "kk"
        posted = Request(f"{demo.site}/api/v1/receipts", b"{}", {"Content-Type": "application/json"})
        with pytest.raises(HTTPError, match="422") as refused:
            urlopen(posted)
        assert json.loads(refused.value.read())["type"].endswith("decision-invalid")
        refused.value.close()
        with pytest.raises(HTTPError, match="404"):
            get(f"{demo.site}/nothing")
