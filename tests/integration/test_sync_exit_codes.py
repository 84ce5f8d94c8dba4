"""How commands end: exit codes, what they say, and what they leave alone. `test_sync_configuration` has late feeds."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import duckdb
import filelock
import pytest

from tests.integration.cli import (
    GOLDEN,
    assert_same,
    content,
    copied,
    environment,
    release_id,
    rxladder,
    said,
    sync,
    synced,
)
from tests.integration.planted import REFUSED, write_mended

GOLDEN_FEEDS = GOLDEN / "feeds"


def fingerprints(folder: Path) -> dict[str, tuple[int, str]]:
    """When each file of a folder was written, and what is in it."""
    return {
        str(path): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_nothing_new_is_code_0_and_no_release(golden_data: Path, tmp_path: Path) -> None:
    data = copied(golden_data, tmp_path / "data")
    ended = sync(GOLDEN_FEEDS, data)
    assert ended.returncode == 0, said(ended)
    assert "Nothing new" in ended.stdout
    assert release_id(data) == release_id(golden_data)
    assert len(list((data / "releases").iterdir())) == 1


def test_a_refused_file_is_code_3_until_mended_accepted_or_acknowledged(planted_sync: Path, tmp_path: Path) -> None:
    drop = shutil.copytree(planted_sync / "exports", tmp_path / "exports")
    data = copied(planted_sync / "data", tmp_path / "data")
    first = (planted_sync / "said.txt").read_text(encoding="utf-8")
    assert first.startswith("exit code 3\n")
    assert "value 'Zebulon Quackenbush'" in first

    again = sync(drop, data)
    assert again.returncode == 3, said(again)
    assert release_id(data) == release_id(planted_sync / "data")

    status = rxladder("status", "--data", data)
    assert status.returncode == 3
    refused = {feed: number for number, feed in re.findall(r"Refused (r\d+) \((\w+)\)", status.stdout)}
    assert refused.keys() == set(REFUSED)

    not_possible = rxladder("accept", refused["rewards"], "--data", data)
    assert not_possible.returncode == 1
    assert "amount" in not_possible.stderr
    assert rxladder("accept", "r99999", "--data", data).returncode == 1
    assert rxladder("acknowledge", refused["evaluations"], "--data", data).returncode == 0
    assert rxladder("accept", refused["ce_credits"], "--data", data).returncode == 0
    assert rxladder("accept", refused["ce_credits"], "--data", data).returncode == 1
    assert rxladder("status", "--data", data).returncode == 3

    write_mended(drop)
    mended = sync(drop, data)
    assert mended.returncode == 0, said(mended)
    assert "Refused r" not in mended.stdout
    assert release_id(data) != release_id(planted_sync / "data")
    assert rxladder("status", "--data", data).returncode == 0
    with duckdb.connect(str((data / "current").resolve() / "restricted" / "people.duckdb"), read_only=True) as people:
        assert people.execute("select count(*) from rewards where amount_usd = 251.5").fetchone() == (1,)


def test_a_failure_is_code_1_and_the_release_stays(
    changed_exports: Path, changed_data: Path, golden_data: Path, tmp_path: Path
) -> None:
    """Two people are made to share a key, which the build's own check finds; the next sync mends it alone."""
    data = copied(golden_data, tmp_path / "data")
    before = fingerprints(data / "releases")
    with duckdb.connect(str(data / "build" / "build.duckdb")) as build:
        build.execute(
            "update control.employee_keys set employee_key = (select employee_key from control.employee_keys"
            " where employee_id = '00001') where employee_id = '00000'"
        )
    failed = sync(changed_exports, data)
    assert failed.returncode == 1, said(failed)
    assert "not published: these checks failed" in failed.stderr
    assert "Traceback" not in said(failed)
    assert release_id(data) == release_id(golden_data)
    assert fingerprints(data / "releases") == before
    status = rxladder("status", "--data", data)
    assert status.returncode == 3
    assert "failed" in status.stdout and "these checks failed" in status.stdout

    rows = next((data / "landing" / "evaluations").rglob("rows.parquet"))
    sound = rows.read_bytes()
    rows.write_bytes(sound[: len(sound) // 2])
    damaged = sync(changed_exports, data)
    assert damaged.returncode == 1, said(damaged)
    assert "Traceback" not in said(damaged)
    assert str(rows.parent.name) in damaged.stderr
    assert fingerprints(data / "releases") == before

    rows.write_bytes(sound)
    assert_same(content(synced(changed_exports, data)), content(changed_data))


def test_a_required_feed_that_never_came_is_code_1_and_said(tmp_path: Path) -> None:
    drop = tmp_path / "exports"
    drop.mkdir()
    shutil.copy(GOLDEN_FEEDS / "employees.csv", drop)
    ended = sync(drop, tmp_path / "data")
    assert ended.returncode == 1, said(ended)
    assert "nothing can be built without job_history, sites, tiers, tier_paths, job_tiers" in ended.stderr
    assert "Traceback" not in said(ended)
    assert not (tmp_path / "data" / "current").exists()


def test_a_second_sync_at_the_same_time_is_turned_away(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with filelock.FileLock(data / ".lock"):
        for arguments in (("sync", "--exports", GOLDEN_FEEDS), ("accept", "r00001"), ("acknowledge", "r00001")):
            ended = rxladder(*arguments, "--data", data)
            assert ended.returncode == 1, said(ended)
            assert "another sync is at work" in ended.stderr
            assert "Traceback" not in said(ended)
    assert [path.name for path in data.iterdir()] == [".lock"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("sync", "--no-such-option"),
        ("sync", "--exports", "no/such/folder"),
        ("sync", "--exports", ".", "--as-of", "31.03.2026"),
        ("sync", "--exports", ".", "--known-at", "last week"),
        ("check",),
        ("check", "no/such/folder"),
        ("accept",),
        ("no-such-command",),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_code_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    ended = rxladder(*arguments, *(("--data", tmp_path / "data") if arguments[0] == "sync" else ()))
    assert ended.returncode == 2, said(ended)
    assert "Traceback" not in said(ended)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("key", "config", "message"),
    [
        ("too short", "", "16 to 64 bytes"),
        (None, "sources: [", "not valid YAML"),
        (None, "sources: [{name: hr, exports: here, modes: {job_history: weekly}}]", "modes.job_history"),
        (None, "sources: [{name: hr, exports: nowhere}]", "no such folder"),
        (None, "", "no source of exports"),
    ],
)
def test_wrong_settings_are_told_with_the_cure(key: str | None, config: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "rxladder.yml").write_text(config, encoding="utf-8")
    (tmp_path / "here").mkdir()
    env = environment(RXLADDER_EMPLOYEE_KEY=key)
    ended = rxladder("sync", "--config", tmp_path, "--data", tmp_path / "data", env=env)
    assert ended.returncode == 1
    assert message in ended.stderr
    assert "Traceback" not in said(ended)


def test_check_says_what_would_happen_and_writes_nothing(golden_data: Path, planted_sync: Path, tmp_path: Path) -> None:
    before = fingerprints(golden_data)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    env = environment(TMPDIR=str(scratch))
    ended = rxladder("check", planted_sync / "exports", "--data", golden_data, env=env)
    assert ended.returncode == 3, said(ended)
    for words in ("refused", "value 'Zebulon Quackenbush'", "Orphans", "Quarantined", "Repaired"):
        assert words in ended.stdout
    assert fingerprints(golden_data) == before
    assert list(scratch.iterdir()) == []

    (tmp_path / "clean").mkdir()
    for feed in ("employees", "sites", "tiers", "tier_paths"):
        shutil.copy(GOLDEN_FEEDS / f"{feed}.csv", tmp_path / "clean")
    clean = rxladder("check", tmp_path / "clean", "--data", tmp_path / "data", env=env)
    assert clean.returncode == 0, said(clean)
    assert not (tmp_path / "data").exists()


def test_status_of_an_empty_folder(tmp_path: Path) -> None:
    ended = rxladder("status", "--data", tmp_path / "data")
    assert ended.returncode == 0
    assert "Nothing is published" in ended.stdout
    assert list(tmp_path.iterdir()) == []
