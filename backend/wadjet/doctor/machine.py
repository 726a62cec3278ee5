"""The folder, the disk, the ports and the programs around: what the settings rest on."""

import errno
import os
import re
import shutil
import socket
import sqlite3
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from .. import clock
from ..settings import LANGUAGES, WIDGET, Settings
from .findings import Finding, error, warning

MOUNTS = Path("/proc/mounts")
_SCARCE_BYTES, _LOW_BYTES = 64 << 20, 512 << 20
_SCARCE_FILES = 1000
_WEB_ROOTS = frozenset({"public_html", "htdocs", "wwwroot", "webroot", "httpdocs"})
_NETWORKED = re.compile(r"nfs\d?|cifs|smb\w*|afs|ceph|lustre|ncpfs|9p|fuse\.(sshfs|glusterfs|rclone|s3fs|davfs)|davfs")
# In an address, or the mailbox's.
_SECRET = re.compile(r"://[^/\s\"']*:[^/@\s\"']+@|^\s*imap_password\s*=", re.MULTILINE)
_WIDGET_FILES = ("static/wadjet.js", "static/words.json", "templates/base.html", "templates/problem.html")
_PEER_SECONDS = 1


def examine(settings: Settings, *, is_configured: bool) -> Iterator[Finding]:
    """Every check of this file; where the settings cannot be read, those that do without."""
    if not settings.home.is_dir():
        yield error("home", f"{settings.home} is not a folder", "set WADJET_HOME, or run `wadjet init`")
        return
    checks = [_home, _web_root, _settings_file, _owners, _disk, _network, _widget, _python]
    for check in checks + ([_port, _redis] if is_configured else []):
        yield from check(settings)


def is_open(path: Path) -> bool:
    """Whether users other than the owner's group may read or change it."""
    return bool(path.stat().st_mode & stat.S_IRWXO)


def key_file(path: Path, could: str, option: str) -> Iterator[Finding]:
    """Whether a file of keys is there, for its owner alone.

    could  what others could do with it; option  of `wadjet keys rotate`, should they have
    """
    if not path.exists():
        remedy = "run `wadjet init`, or restore it from a backup if it was in use before"
        yield error("keys", f"{path} is missing", remedy)
    elif not os.access(path, os.R_OK):
        yield error("keys", f"{path} cannot be read by this user", "run as its owner, or chown it")
    elif is_open(path) or path.stat().st_mode & 0o020:
        yield error(
            "keys",
            f"others may read {path} and {could}",
            f"chmod {700 if path.is_dir() else 600} {path}; if others could, also `wadjet keys rotate {option}`",
        )


def _home(settings: Settings) -> Iterator[Finding]:
    home = settings.home
    if is_open(home):
        yield error("home", f"every user of this machine may enter {home}", f"chmod 700 {home}")
    if not os.access(home, os.W_OK | os.X_OK):
        yield error("home", f"{home} cannot be written by this user", "run as its owner, or chown it")
    elif os.statvfs(home).f_flag & os.ST_RDONLY:
        yield error("home", f"{home} lies on a disk mounted read-only", "mount it for writing")


def _web_root(settings: Settings) -> Iterator[Finding]:
    for folder in (settings.home, *settings.home.parents):
        names = {folder.name.lower(), "/".join(folder.parts[-2:]).lower()}
        if names & (_WEB_ROOTS | {"www/html", "nginx/html"}) or (folder / "index.html").is_file():
            yield error(
                "home",
                f"{folder} looks like a web server's folder: it might hand out keys and receipts",
                "move the home elsewhere, such as /srv/wadjet",
            )
            return


def _settings_file(settings: Settings) -> Iterator[Finding]:
    file = settings.home / "wadjet.toml"
    if (
        file.exists()
        and os.access(file, os.R_OK)
        and is_open(file)
        and _SECRET.search(file.read_text("utf-8", "replace"))
    ):
        yield error("wadjet.toml", "every user of this machine may read the password in it", f"chmod 600 {file}")


def _owners(settings: Settings) -> Iterator[Finding]:
    """What `sudo wadjet …` leaves behind stops the server later."""
    owner = settings.home.stat().st_uid
    found = [
        path
        for pattern in ("*.sqlite3*", "keys", "keys/*.json", "wadjet.toml")
        for path in settings.home.glob(pattern)
        if path.stat().st_uid != owner
    ]
    if found:
        yield error(
            "home", f"{found[0]} belongs to another user than {settings.home}", f"chown -R {owner} {settings.home}"
        )


def _disk(settings: Settings) -> Iterator[Finding]:
    free, files = shutil.disk_usage(settings.home).free, os.statvfs(settings.home)
    room = f"{free >> 20} MiB are left on the disk of {settings.home}"
    if free < _SCARCE_BYTES:
        yield error("disk", room, "make room: receipts cannot be stored on a full disk")
    elif free < _LOW_BYTES:
        yield warning("disk", room, "make room before receipts are refused")
    if files.f_files and files.f_favail < _SCARCE_FILES:
        yield error("disk", f"{files.f_favail} more files fit on it", "remove small files: no more can be made soon")


def _network(settings: Settings) -> Iterator[Finding]:
    """SQLite's write-ahead log needs memory shared between processes, which network folders do not give."""
    if "://" in settings.receipts_database:
        return
    kind = file_system((settings.home / settings.receipts_database).parent, MOUNTS)
    if _NETWORKED.fullmatch(kind):
        yield error(
            "receipts_database",
            f"SQLite may lose receipts on a network folder ({kind})",
            "move it to a local disk, or use PostgreSQL",
        )


def file_system(folder: Path, mounts: Path) -> str:
    """The kind of file system that a folder lies on, as `mount` names it; "" where that is not told."""
    try:
        rows = [line.split()[1:3] for line in mounts.read_text("utf-8", "replace").splitlines()]
    except OSError:
        return ""
    # The kernel writes a space in a path as \040.
    kinds = {Path(point.encode().decode("unicode_escape")): kind for point, kind in rows}
    resolved = folder.resolve()
    return next((kinds[each] for each in (resolved, *resolved.parents) if each in kinds), "")


def _widget(_: Settings) -> Iterator[Finding]:
    remedy = "install wadjet-consent again (in a checkout: make widget)"
    for name in _WIDGET_FILES:
        if not (WIDGET / name).is_file():
            yield error("widget", f"{WIDGET / name} is missing", remedy)
    script = WIDGET / "static" / "wadjet.js"
    if script.is_file() and script.read_text("utf-8", "replace").count("__WADJET__") != 1:
        yield error("widget", f"{script} is not as it was built", remedy)
    catalogues = Path(__file__).parents[1] / "translations"
    for language in LANGUAGES[:2]:
        if not (catalogues / language / "LC_MESSAGES" / "messages.mo").is_file():
            yield error("translations", f"the words in {language} are missing", "install wadjet-consent again")


def _python(_: Settings) -> Iterator[Finding]:
    summer = datetime(2026, 7, 1, tzinfo=UTC).astimezone(clock.LOCAL)
    if summer.utcoffset() != timedelta(hours=5):
        yield error(
            "clock",
            "the time zone data are older than Kazakhstan's change of 1 March 2024",
            "update tzdata (pip install -U tzdata, or the system's package)",
        )
    if sqlite3.sqlite_version_info < (3, 35):
        yield error("python", f"its SQLite is {sqlite3.sqlite_version}", "install a Python with SQLite 3.35 or newer")


def _port(settings: Settings) -> Iterator[Finding]:
    host, _, port = settings.listen.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, int(port)), family=family):
            return
    except OSError as failure:
        if failure.errno == errno.EADDRINUSE:
            if not _is_ours(host, int(port)):
                yield error(
                    "listen", f"another program has {settings.listen}", "stop it, or set listen to another port"
                )
        elif failure.errno in (errno.EACCES, errno.EPERM):
            yield error("listen", f"this user may not listen on port {port}", "set listen to a port from 1024 up")
        else:
            yield error(
                "listen", f"{host} is no address of this machine ({failure.strerror})", "set listen to one that is"
            )


def _is_ours(host: str, port: int) -> bool:
    """Whether it is Wadjet that answers there."""
    connection = HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, port, timeout=_PEER_SECONDS)  # noqa: S104
    try:
        connection.request("GET", "/.well-known/gpc.json")
        return connection.getresponse().status in (200, 421)
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _redis(settings: Settings) -> Iterator[Finding]:
    parts = urlsplit(settings.redis_url)
    if parts.scheme not in ("redis", "rediss"):
        return
    if find_spec("redis") is None:
        yield error("redis_url", "the program library for Redis is not installed", "pip install wadjet-consent[redis]")
        return
    import redis

    try:
        redis.Redis.from_url(
            settings.redis_url, socket_timeout=_PEER_SECONDS, socket_connect_timeout=_PEER_SECONDS
        ).ping()
    except redis.RedisError as failure:
        yield error(
            "redis_url",
            f"{parts.hostname}:{parts.port or 6379} does not answer as Redis ({type(failure).__name__})",
            "start it and check the address and the password, or leave redis_url out",
        )
