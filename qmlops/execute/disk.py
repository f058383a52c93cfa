"""What the disk below the journal can be trusted with: whether its locks hold.

SQLite's write-ahead log needs memory that all processes share, so that it works on a local disk
alone (sqlite.org/wal.html); and on some network file systems locks are not kept at all.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

from qmlops.errors import RunFolderError

_NETWORK = (
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "gpfs", "beegfs", "glusterfs"),
    *("fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "fuse.ceph", "orangefs", "pvfs2", "panfs", "vboxsf"),
)
_UNLOCKED = ("nolock", "local_lock=all", "local_lock=posix", "nobrl")
"""Mount options by which other machines do not see a lock."""
_ASK = """
import sqlite3, sys
try:
    sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None).execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError as error:
    sys.exit(42 if error.sqlite_errorcode == sqlite3.SQLITE_BUSY else 1)
"""


def file_system(folder: Path, mounts: Path = Path("/proc/self/mountinfo")) -> tuple[str, str]:
    """Type and options of the file system below a folder; type `unknown` where the system does not tell."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "unknown", ""
    best, found = -1, ("unknown", "")
    for line in lines:
        front, _, back = line.partition(" - ")
        point = Path(front.split()[4].replace("\\040", " "))
        words = back.split()
        if folder.resolve().is_relative_to(point) and len(point.parts) >= best:
            best, found = len(point.parts), (words[0], f"{front.split()[5]},{words[-1]}")
    return found


def local(kind: str) -> bool:
    """Whether a file system of this type is this machine's own."""
    return kind != "unknown" and kind not in _NETWORK


def prove_locks(database: Path, kind: str, options: str) -> None:
    """Raise RunFolderError unless a second process sees the lock that this one holds on the journal."""
    unlocked = [word for word in _UNLOCKED if word in options.split(",")]
    if unlocked:
        raise RunFolderError(_told(database, f"{kind} is mounted with {unlocked[0]}"))
    connection = sqlite3.connect(database, timeout=10, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        seen = subprocess.run([sys.executable, "-c", _ASK, str(database)], timeout=60, check=False).returncode
    finally:
        connection.close()
    if seen != 42:
        raise RunFolderError(_told(database, f"a second process did not see a lock on {kind}"))


def _told(database: Path, why: str) -> str:
    return (
        f"{database} cannot keep paid work safe: {why}, so that two processes could pay for the same job.\n"
        "Work in a folder on a local disk, or mount this one with locks."
    )
