"""Real nginx and Caddy before a backend, with the lines that `wadjet embed --proxy` prints."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.serving import WADJET
from tests.services import START_SECONDS, free_port

_NGINX = """\
daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    server {{ listen 127.0.0.1:{port}; {lines} }}
}}
"""


@contextmanager
def a_proxy(kind: str, backend: int, folder: Path, *, is_with_console: bool = False) -> Iterator[int]:
    """Its port, while it runs, as the site's or as a host of the backend's own. Skips where there is no such proxy."""
    program = shutil.which(kind) or shutil.which(kind, path="/usr/sbin")
    if program is None:
        pytest.skip(f"{kind} IS MISSING: Debian has it, apt-get install {kind}")
    port, config = free_port(), folder / "config"
    lines = _lines(kind, port, backend, is_with_console=is_with_console)
    if kind == "nginx":
        config.write_text(_NGINX.format(folder=folder, port=port, lines=lines))
        command = [program, "-p", str(folder), "-c", str(config)]
    else:
        config.write_text(lines.replace("{\n", "{\n\tadmin off\n", 1))
        command = [program, "run", "--adapter", "caddyfile", "--config", str(config)]
    home = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "log").open("wb") as log, subprocess.Popen(command, env=home, stdout=log, stderr=log) as process:
        try:
            _await(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(10)


def _lines(kind: str, port: int, backend: int, *, is_with_console: bool) -> str:
    address = f"http://localhost:{port}"
    said = {
        "WADJET_HOME": "/nonexistent",
        "WADJET_LISTEN": f"127.0.0.1:{backend}",
        "WADJET_SITES": f"wadjet.kz={'https://wadjet.kz' if is_with_console else address}",
    } | ({"WADJET_BASE_URL": address} if is_with_console else {})
    command = [WADJET, "embed", "--proxy", kind, *(["--console"] if is_with_console else [])]
    done = subprocess.run(command, env=os.environ | said, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _await(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "the proxy does not start"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError("the proxy does not listen")
