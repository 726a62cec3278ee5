"""What a power cut leaves: the files as they are on the disk, without what the kernel still holds in memory."""

import ctypes
import fcntl
import mmap
import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_CACHESTAT = 451  # on every architecture; Linux 6.5 and newer
_SHUTDOWN, _WITHOUT_FLUSHING = 0x8004587D, 2  # FS_IOC_SHUTDOWN of ext4 and XFS, as their own tests cut the power


def unwritten_pages(file: int, start: int, length: int) -> int:
    """How many pages of an open file are yet to reach the disk. Raises OSError where the kernel cannot tell."""
    libc = ctypes.CDLL(None, use_errno=True)
    where, counts = (ctypes.c_uint64 * 2)(start, length), (ctypes.c_uint64 * 5)()
    if libc.syscall(_CACHESTAT, file, where, counts, 0):
        raise OSError(ctypes.get_errno(), "cachestat")
    _, dirty, under_way, *_ = counts
    return dirty + under_way


def tells_what_is_unwritten(folder: Path) -> bool:
    """Whether this kernel and file system show that a write is not on the disk, and a sync that it is."""
    path = folder / "probe"
    with path.open("wb", buffering=0) as file:
        try:
            file.write(b"x" * mmap.PAGESIZE)
            before = unwritten_pages(file.fileno(), 0, mmap.PAGESIZE)
            os.fsync(file.fileno())
            return (before, unwritten_pages(file.fileno(), 0, mmap.PAGESIZE)) == (1, 0)
        except OSError:
            return False
        finally:
            path.unlink()


def leave(database: Path, folder: Path, *, exactly: bool) -> Path:
    """Copy a SQLite database as a power cut at this moment would leave it: pages not yet written are blank.

    exactly  the kernel tells which these are; else everything that was handed to it is taken to be there
    """
    folder.mkdir()
    for part in ("", "-wal"):  # -shm is rebuilt from the WAL
        source = database.with_name(database.name + part)
        with source.open("rb") as file:
            data = bytearray(file.read())
            for start in range(0, len(data), mmap.PAGESIZE) if exactly else ():
                if unwritten_pages(file.fileno(), start, mmap.PAGESIZE):
                    data[start : start + mmap.PAGESIZE] = bytes(len(data[start : start + mmap.PAGESIZE]))
        (folder / source.name).write_bytes(data)
    return folder / database.name


class Disk:
    """A file system of its own, in a file. `options`: of mkfs.ext4."""

    def __init__(self, image: Path, folder: Path, megabytes: int, *options: str) -> None:
        self._image, self.folder = str(image), folder
        folder.mkdir()
        with image.open("wb") as file:
            file.truncate(megabytes << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", *options, self._image], check=True)

    def mount(self) -> bool:
        """Repairs itself on the way, as a machine does that starts again. Needs root and loop devices."""
        done = subprocess.run(["mount", "-o", "loop", self._image, self.folder], check=False, capture_output=True)
        return done.returncode == 0

    def unmount(self) -> None:
        subprocess.run(["umount", self.folder], check=True)

    @contextmanager
    def mounted(self) -> Iterator[None]:
        if not self.mount():
            pytest.skip("POWER CANNOT BE CUT: mounting a file system needs root and loop devices")
        try:
            yield
        finally:
            self.unmount()

    def cut(self) -> None:
        """From now on nothing reaches the disk, and nothing that waited does."""
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, _SHUTDOWN, struct.pack("I", _WITHOUT_FLUSHING))
        finally:
            os.close(folder)
