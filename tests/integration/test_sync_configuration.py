"""Releases of the past made again, with the records and the settings of their time; and feeds that are late."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipelines.landing import Catalog
from tests.integration.cli import (
    GOLDEN_AS_OF,
    Ended,
    assert_same,
    content,
    copied,
    published,
    release_id,
    rxladder,
    said,
    sync,
)
from tests.integration.exports import FEED_NAMES

LATER = str(date.today() + timedelta(days=10))


def made_with(data: Path) -> tuple[str, int, list[tuple[Any, ...]]]:
    """The current release's hash of the settings, its last batch, and what it says of the feeds' ages."""
    with published(data) as connection:
        release = connection.execute("select config_hash, last_batch_seq from metrics.quality.release").fetchone()
        assert release is not None
        return *release, connection.execute("from metrics.quality.freshness order by all").fetchall()


def test_a_past_release_is_made_again_with_the_records_and_settings_of_its_time(
    golden_data: Path, changed_data: Path, changed_exports: Path, tmp_path: Path
) -> None:
    """The golden files, other values, settings by which a feed is late: code 3 each time; then back, step by step."""
    data = copied(changed_data, tmp_path / "data")

    def synced_with(expected_every_days: int, *arguments: object, as_of: str = LATER) -> Ended:
        source = {"name": "exports", "exports": str(changed_exports)}
        source |= {"expected_every_days": {"job_history": expected_every_days}}
        (tmp_path / "rxladder.yml").write_text(json.dumps({"sources": [source]}), encoding="utf-8")
        return rxladder("sync", "--config", tmp_path, "--data", data, "--as-of", as_of, *arguments)

    first_seq, batches = Catalog(golden_data).newest_seq(), len(Catalog(data).batches())
    assert first_seq == len(FEED_NAMES), "the settings of the first sync take no batch's number"
    strict = synced_with(3)
    assert f"from batch {batches + 1} on the new ones count" in strict.stdout
    for ended in (strict, synced_with(3)):
        assert ended.returncode == 3, said(ended)
        assert "Stale job_history of exports" in ended.stdout
    assert len(list((data / "releases").iterdir())) == 3
    assert rxladder("status", "--data", data).returncode == 3
    then, told = made_with(data), content(data)
    assert then[:2] == (Catalog(data).configuration().sha256[:12], batches + 1)

    again = synced_with(300, "--known-at", then[1])
    assert again.returncode == 3, said(again)
    assert "Stale job_history of exports" in again.stdout
    assert made_with(data) == then
    assert_same(content(data), told)

    before = synced_with(300, "--known-at", first_seq, as_of=GOLDEN_AS_OF)
    assert before.returncode == 0, said(before)
    assert made_with(data) == made_with(golden_data), "nothing was expected of a feed then"
    assert release_id(data) != release_id(golden_data)
    assert not (data / "build-past").exists()
    assert len(Catalog(data).batches()) == batches
    wanted = content(golden_data)
    assert_same(content(data), wanted)
    assert told.keys() == wanted.keys() and told != wanted


def test_a_time_before_anything_landed_is_told(golden_data: Path, tmp_path: Path) -> None:
    ended = sync(tmp_path, golden_data, "--known-at", "2020-01-01T12:00")
    assert ended.returncode == 1
    assert "nothing had landed by then" in ended.stderr
