"""The same records, delivered otherwise, publish the same: formats, order, parts, repeats. `test_models_deliveries`
has what several syncs bring.
"""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest

from tests.integration import exports
from tests.integration.cli import (
    GOLDEN,
    Content,
    assert_same,
    content,
    copied,
    release_id,
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
