"""The same records, delivered otherwise, publish the same: formats, order, parts, repeats, modes, steps."""

from __future__ import annotations

import itertools
import json
import random
import shutil
from pathlib import Path

import pytest

from pipelines.feeds import FEEDS
from tests.integration import exports
from tests.integration.cli import (
    GOLDEN,
    GOLDEN_AS_OF,
    Content,
    assert_same,
    content,
    copied,
    release_id,
    rxladder,
    succeeded,
    sync,
    synced,
)

LAST_GOLDEN_SEQ = len(exports.FEED_NAMES)


@pytest.fixture(scope="module")
def wanted(golden_data: Path) -> Content:
    return content(golden_data)


def test_any_format_order_and_number_of_files_publish_the_same(tmp_path: Path, wanted: Content) -> None:
    """Each feed comes shuffled, in two parts of different formats, and a third time whole in yet another."""
    drop = tmp_path / "exports"
    drop.mkdir()
    formats = itertools.cycle(exports.FORMATS.items())
    for feed in exports.FEED_NAMES:
        rows = exports.golden_rows(feed)
        random.Random(feed).shuffle(rows)
        half = (len(rows) + 1) // 2
        for part, some in enumerate((rows[:half], rows[half:], rows[::-1]), start=1):
            end, write = next(formats)
            write(drop / f"{feed}-{part}.{end}", some)
    written = {end for end in exports.FORMATS for _ in drop.glob(f"*-[123].{end}")}
    assert written == set(exports.FORMATS)

    assert_same(content(synced(drop, tmp_path / "data")), wanted)


@pytest.mark.long
def test_deliveries_over_several_days_publish_the_same_as_one(tmp_path: Path, wanted: Content) -> None:
    """Files come in three syncs, each published, while the day moves on; a feed in two has nothing in the last."""
    drop, data = tmp_path / "exports", tmp_path / "data"
    parts = 6
    for step, (as_of, arriving) in enumerate((("2024-12-31", {0, 1}), ("2025-03-31", {2, 3}), (GOLDEN_AS_OF, {4, 5}))):
        for number, feed in enumerate(exports.FEED_NAMES):
            rows = exports.golden_rows(feed)
            random.Random(feed).shuffle(rows)
            for part in arriving if number % 2 else {part for part in range(parts) if step == 0}:
                if some := rows[part::parts]:
                    exports.write_csv(drop / f"{feed}_{part}.csv", some)
        if step == 1:
            shutil.copy(GOLDEN / "feeds" / "completions.csv", drop / "completions_again.csv")
        synced(drop, data, as_of=as_of)

    assert_same(content(data), wanted)


SNAPSHOTS = {"employees", "exam_attempts", "exit_interviews", "mentorships", "sites", "skills", "job_tiers"} | {
    feed for feed in exports.FEED_NAMES if FEEDS[feed].group == "program" and feed not in {"program_costs", "tiers"}
}
WINDOWS = {"evaluations", "completions", "program_costs"}
BY_EMPLOYEE = {"job_history", "credentials", "ce_credits", "rewards"}
PHANTOM_SHARE = 0.1  # of a file's rows: more, and the snapshot without them would be refused as shrunk


@pytest.mark.long
def test_what_a_mode_takes_back_leaves_no_trace(tmp_path: Path, wanted: Content) -> None:
    """Phantom records come first; then what the mode of the feed takes for all there is, without them.

    Last, with the build folder gone, everything is built anew from all batches at once.
    """
    drop, data = tmp_path / "exports", tmp_path / "data"
    modes = {
        **dict.fromkeys(sorted(SNAPSHOTS), "snapshot"),
        **dict.fromkeys(sorted(WINDOWS), "window"),
        **dict.fromkeys(sorted(BY_EMPLOYEE), "by_employee"),
    }
    config = tmp_path / "config"
    config.mkdir()
    source = {"name": "exports", "exports": str(drop), "modes": modes}
    (config / "rxladder.yml").write_text(json.dumps({"sources": [source]}), encoding="utf-8")
    arguments = ("sync", "--config", config, "--data", data, "--as-of", GOLDEN_AS_OF)

    for feed in exports.FEED_NAMES:
        rows = exports.golden_rows(feed)
        extra = exports.phantoms(feed, rows, max(1, int(len(rows) * PHANTOM_SHARE))) if feed in modes else []
        exports.write_csv(drop / f"{feed}_1.csv", [*extra, *rows])
    succeeded(rxladder(*arguments), data)
    with pytest.raises(AssertionError):
        assert_same(content(data), wanted)

    for feed in exports.FEED_NAMES:
        rows = exports.golden_rows(feed)
        if feed in BY_EMPLOYEE:
            people = sorted({row["employee_id"] for row in rows})
            for part in range(2):
                some = [row for row in rows if row["employee_id"] in people[part::2]]
                exports.write_csv(drop / f"{feed}_{2 + part}.csv", some)
        else:
            exports.write_csv(drop / f"{feed}_2.csv", rows)
    succeeded(rxladder(*arguments), data)
    assert_same(content(data), wanted)

    shutil.rmtree(data / "build")
    shutil.copy(drop / "job_tiers_2.csv", drop / "job_tiers_3.csv")
    before = release_id(data)
    succeeded(rxladder(*arguments), data)
    assert release_id(data) != before
    assert_same(content(data), wanted)


def test_other_values_and_then_the_first_again_publish_the_first(
    tmp_path: Path, golden_data: Path, changed_data: Path, wanted: Content
) -> None:
    """A, B, then A again; in between, what was known before B landed is published once more."""
    data = copied(changed_data, tmp_path / "data")
    with pytest.raises(AssertionError):
        assert_same(content(data), wanted)

    nothing_new = tmp_path / "nothing"
    nothing_new.mkdir()
    synced(nothing_new, data, "--known-at", LAST_GOLDEN_SEQ)
    assert_same(content(data), wanted)
    assert release_id(data) != release_id(golden_data)
    assert not (data / "build-past").exists()

    synced(GOLDEN / "feeds", data)
    assert_same(content(data), wanted)


def test_a_time_before_anything_landed_is_told(golden_data: Path, tmp_path: Path) -> None:
    ended = sync(tmp_path, golden_data, "--known-at", "2020-01-01T12:00")
    assert ended.returncode == 1
    assert "nothing had landed by then" in ended.stderr
