"""Whole file: written entirely or not at all, whatever happens meanwhile."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path


def write_whole(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Write a file beside its place, flush it to the disk, and rename it: a reader sees the old one or the new one.

    A link is followed, the old file's mode is kept (mode: a new one's, less the umask), a file that is read-only stays
    as it is. Raises OSError; then nothing has changed and nothing is left over.
    """
    path = path.resolve()
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    # A short name of its own: one longer than the target's may be too long for the file system.
    part = path.with_name(f".bigvoice-{secrets.token_hex(4)}.part")
    try:
        with open(part, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        if path.exists():
            part.chmod(stat.S_IMODE(path.stat().st_mode))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


_ADVICE = {
    errno.ENOSPC: "the disk is full: free some space and try again",
    errno.EDQUOT: "your share of the disk is full: free some space and try again",
    errno.EISDIR: "it is a folder: add a file name",
    errno.ENAMETOOLONG: "its name is too long: choose a shorter one",
} | dict.fromkeys([errno.EACCES, errno.EPERM, errno.EROFS], "it or its folder is read-only: choose another place")


def why_not_written(path: Path, error: OSError) -> str:
    """Why a file could not be written, and what to do about it, on one line."""
    folder = path.absolute().parent
    try:
        there = folder.is_dir()
    except OSError:  # a folder on the way may not be entered
        there = True
    reason = _ADVICE.get(error.errno or 0, error.strerror or str(error))
    if not there:
        reason = f"there is no folder {folder}: create it, or choose another place"
    return f"{path} cannot be written: {reason}"
