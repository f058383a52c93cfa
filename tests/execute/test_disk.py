"""Paid work wants locks that hold: waited for, and proved where a file system is not this machine's own."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from qmlops.errors import RunFolderError
from qmlops.execute import disk, journal
from qmlops.execute.journal import Journal
from qmlops.execute.ledger import FILE

MOUNTS = """22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
31 22 0:44 / {home} rw,nosuid - nfs4 server:/home rw,vers=4.2,local_lock={locks}
32 31 0:45 / {home}/fast rw - tmpfs tmpfs rw
"""


def mounts(folder: Path, locks: str = "none") -> Path:
    table = folder / "mountinfo"
    table.write_text(MOUNTS.format(home=folder, locks=locks))
    return table


def test_the_innermost_mount_is_the_one_that_counts(tmp_path: Path) -> None:
    table = mounts(tmp_path)
    assert disk.file_system(Path("/"), table)[0] == "ext4"
    kind, options = disk.file_system(tmp_path / "project", table)
    assert kind == "nfs4" and "local_lock=none" in options.split(",") and not disk.local(kind)
    assert disk.file_system(tmp_path / "fast", table)[0] == "tmpfs" and disk.local("tmpfs")
    assert disk.file_system(tmp_path, tmp_path / "absent") == ("unknown", "") and not disk.local("unknown")


def test_a_lock_is_proved_by_a_second_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = tmp_path / "journal.db"
    disk.prove_locks(database, "nfs4", "rw,local_lock=none")
    for option in ("nolock", "local_lock=all"):
        with pytest.raises(RunFolderError, match=option):
            disk.prove_locks(database, "nfs4", f"rw,{option}")
    monkeypatch.setattr(disk, "_ASK", "")
    with pytest.raises(RunFolderError, match="did not see a lock"):
        disk.prove_locks(database, "nfs4", "rw")


@pytest.mark.parametrize(("kind", "mode"), [("ext4", "wal"), ("nfs4", "delete"), ("unknown", "delete")])
def test_a_write_ahead_log_is_kept_on_a_local_disk_alone(
    kind: str, mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "file_system", lambda folder: (kind, "rw"))
    Journal(tmp_path).close()
    connection = sqlite3.connect(tmp_path / FILE)
    assert connection.execute("PRAGMA journal_mode").fetchone() == (mode,)
    connection.close()


def test_a_journal_waits_for_another_process_that_is_making_it(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE made (by)")
    other.execute("BEGIN IMMEDIATE")
    third = sqlite3.connect(tmp_path / FILE, timeout=60)
    with closing(third), pytest.raises(sqlite3.OperationalError, match="locked"):
        third.execute("PRAGMA journal_mode=WAL")
    release = threading.Timer(0.3, other.execute, ["COMMIT"])
    release.start()
    Journal(tmp_path).close()
    release.join()
    assert not other.in_transaction
    other.close()
