"""A real IMAP server, thrown away afterwards. Whoever logs in with PASSWORD has a mailbox of their own."""

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.mail.office import certify
from tests.services import START_SECONDS, free_port

PASSWORD = "a-mailbox's-password"
WITHOUT_KEYWORDS = "plain"  # this user's mailbox keeps no flags and no keywords
_CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{home}/server.pem
ssl_key = <{home}/server.key
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
default_vsz_limit = 0
first_valid_uid = 1
auth_username_chars =
auth_failure_delay = 0
mail_location = maildir:~/Maildir
mail_fsync = never
mail_plugins = acl
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/users/%u
}}
plugin {{
  acl = vfile:{home}/acls
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """`port`: with STARTTLS; `tls_port`: TLS from the start; `authority`: the file to trust."""

    port: int
    tls_port: int
    authority: Path

    def url(self, user: str, folder: str = "") -> str:
        return f"imap://{user}@127.0.0.1:{self.port}/{folder}"


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One server for the session; take a user of the test's own."""
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("Dovecot IS MISSING: no dovecot on PATH or in /usr/sbin")
    home = Path(tempfile.mkdtemp(prefix="wadjet-dovecot-"))
    certify(home)
    who = pwd.getpwuid(os.geteuid()).pw_name
    is_root = os.geteuid() == 0
    uid, gid = (65534, 65534) if is_root else (os.geteuid(), os.getegid())
    server = Dovecot(free_port(), free_port(), home / "authority.pem")
    (home / "users").mkdir()
    home.chmod(0o755)
    os.chown(home / "users", uid, gid)
    (home / "acls").write_text(f"INBOX user={WITHOUT_KEYWORDS} lrstipe\nINBOX owner lrwstipekxa\n")
    (home / "dovecot.conf").write_text(
        _CONFIGURATION.format(
            home=home,
            internal=who,
            group=subprocess.run(["id", "-gn"], capture_output=True, text=True, check=True).stdout.strip(),
            login="nobody" if is_root else who,
            password=PASSWORD,
            uid=uid,
            gid=gid,
            port=server.port,
            tls_port=server.tls_port,
        )
    )
    process = subprocess.Popen(
        [program, "-F", "-c", home / "dovecot.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    atexit.register(process.kill)  # it outlives a broken run otherwise
    try:
        _wait(server.tls_port, home / "log")
        yield server
    finally:
        process.terminate()
        process.wait()
        atexit.unregister(process.kill)
        shutil.rmtree(home, ignore_errors=True)


def _wait(port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < until, log.read_text() if log.exists() else "Dovecot does not start"
            time.sleep(0.02)
        else:
            return
