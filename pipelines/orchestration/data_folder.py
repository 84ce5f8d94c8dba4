"""The data folder: who may be at work in it, and who may look into it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import filelock

from pipelines.orchestration.sync_request import SyncError

_PRIVATE_FOLDERS = ("landing", "refused", "build", "restricted", "pulls")


@contextmanager
def data_lock(data_dir: Path) -> Generator[None]:
    """Hold the data folder's lock, which the system lets go of when the process ends, however it ends.

    Folders with names and pay in them are made here, before anything is put in them, for their owner alone.

    Raises:
        SyncError: somebody else holds it.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o750)
    try:
        with filelock.FileLock(data_dir / ".lock", timeout=0):
            for name in _PRIVATE_FOLDERS:
                (data_dir / name).mkdir(exist_ok=True, mode=0o700)
            yield
    except filelock.Timeout as error:
        raise SyncError(f"another sync is at work in {data_dir}; try again when it has ended") from error
