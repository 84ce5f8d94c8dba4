"""`kill -9` at random moments of a sync, with a reader watching, and then a sync that gets no help.

Whatever the moment, and whether the whole process group dies or only the main process (its helpers then have to end
by themselves, beside the next sync): `current` opens all the time with the release before or a whole new one, and
the next sync publishes what an undisturbed one publishes.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import duckdb

from tests.integration import exports
from tests.integration.cli import (
    GOLDEN,
    GOLDEN_AS_OF,
    ROOT,
    Content,
    assert_same,
    command,
    content,
    copied,
    environment,
    said,
    sync,
    synced,
)

KILLS = 20
FIRST_KILLS = 5  # more, of a sync into an empty data folder
HELPERS_END_WITHIN = 20  # seconds; one that is in the middle of a check finishes it first


class Reader:
    """Opens the current release again and again while its body runs, as analysts do."""

    def __init__(self, data: Path) -> None:
        self.seen: list[str] = []
        self.faults: list[str] = []
        self._data = data
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            try:
                self.seen.append(look(self._data))
            except (duckdb.Error, OSError, AssertionError) as fault:
                self.faults.append(repr(fault))


def look(data: Path) -> str:
    """Open both files of the current release, read every table, and return the release that both name."""
    release = (data / "current").resolve(strict=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{release / 'metrics.duckdb'}' as metrics (read_only)")
        connection.execute(f"attach '{release / 'restricted' / 'people.duckdb'}' as people (read_only)")
        tables = connection.execute(
            "select database_name || '.' || schema_name || '.' || table_name from duckdb_tables()"
        ).fetchall()
        assert len(tables) > 60, f"{release.name} has {len(tables)} tables only"
        for (table,) in tables:
            connection.execute(f"select count(*) from {table}")
        named = connection.execute(
            "select release_id from metrics.quality.release union all select release_id from people.main.release"
        ).fetchall()
    assert named == [(release.name,)] * 2, f"{release.name} has files of {named}"
    return release.name


def kill_sync(drop: Path, data: Path, after: float, *, is_whole: bool) -> int:
    """Start a sync and kill it after so many seconds: all its processes, or the main one only. Its process group."""
    running = subprocess.Popen(
        command("sync", "--exports", drop, "--data", data, "--as-of", GOLDEN_AS_OF),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=environment(),
        start_new_session=True,
    )
    with suppress(subprocess.TimeoutExpired):
        running.wait(after)
    with suppress(ProcessLookupError):  # it was faster
        if is_whole:
            os.killpg(running.pid, signal.SIGKILL)
        else:
            running.kill()
    running.wait()
    return running.pid


def wait_for_end(group: int) -> None:
    """Wait until no process of the group is left; AssertionError when one stays."""
    deadline = time.monotonic() + HELPERS_END_WITHIN
    while left := list(_members(group)):
        assert time.monotonic() < deadline, f"still running: {left}"
        time.sleep(0.2)


def _members(group: int) -> Iterator[str]:
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, _, its_group, *_ = (process / "stat").read_text().rpartition(")")[2].split()
            if int(its_group) == group and state not in "ZX":
                yield (process / "cmdline").read_text().replace("\0", " ")


def assert_undisturbed(data: Path, reader: Reader, wanted: Content) -> None:
    """What has to hold after kills and one more sync."""
    assert reader.faults == [], reader.faults[:3]
    releases = {path.name for path in (data / "releases").iterdir()}
    assert set(reader.seen) <= releases, "a release was seen that is not whole"
    assert not [name for name in releases if name.startswith(".")], "leftovers of a killed publish"
    assert_same(content(data), wanted)


def prove() -> str:
    """Kill syncs into copies of one data folder, and first syncs; AssertionError says which one went wrong."""
    with tempfile.TemporaryDirectory(prefix="rxladder-kills-") as folder:
        room = Path(folder)
        before = synced(GOLDEN / "feeds", room / "before")
        drop = room / "exports"
        exports.write_changed(drop)
        undisturbed = copied(before, room / "undisturbed")
        began = time.monotonic()
        synced(drop, undisturbed)
        longest = time.monotonic() - began
        wanted = content(undisturbed)
        _kill_first_syncs(room, content(before))
        looks = 0
        for number in range(KILLS):
            moment, is_whole = random.uniform(0, longest), number % 2 == 0
            data = copied(before, room / f"killed-{number}")
            try:
                looks += _kill_and_sync(drop, data, moment, wanted, is_whole=is_whole)
            except AssertionError as fault:
                who = "everything" if is_whole else "the main process"
                raise AssertionError(f"killed {who} after {moment:.1f} of {longest:.1f} s: {fault}") from fault
    return (
        f"{KILLS} kills within {longest:.0f} s, half of them of the main process only, {FIRST_KILLS} of a first sync;"
        f" {looks} looks at current"
    )


def _kill_first_syncs(room: Path, wanted: Content) -> None:
    """Nobody can look yet: the folder that is killed again and again has to become a release all the same."""
    data = room / "first"
    for number in range(FIRST_KILLS):
        wait_for_end(kill_sync(GOLDEN / "feeds", data, random.uniform(0, 4.0 * (number + 1)), is_whole=number % 2 == 0))
    assert_same(content(synced(GOLDEN / "feeds", data)), wanted)


def _kill_and_sync(drop: Path, data: Path, moment: float, wanted: Content, *, is_whole: bool) -> int:
    with Reader(data) as reader:
        group = kill_sync(drop, data, moment, is_whole=is_whole)
        ended = sync(drop, data)
    assert ended.returncode == 0, said(ended)
    wait_for_end(group)
    assert_undisturbed(data, reader, wanted)
    return len(reader.seen)
