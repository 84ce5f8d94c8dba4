"""A release of the past made again when the settings have changed since: with the settings of its time."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipelines.landing import Catalog
from tests.integration.cli import assert_same, content, copied, published, rxladder, said

LATER = date.today() + timedelta(days=10)


def made_with(data: Path) -> tuple[str, int, list[tuple[Any, ...]]]:
    """The current release's hash of the settings, its last batch, and what it says of the feeds' ages."""
    with published(data) as connection:
        release = connection.execute("select config_hash, last_batch_seq from metrics.quality.release").fetchone()
        assert release is not None
        return *release, connection.execute("from metrics.quality.freshness order by all").fetchall()


def test_a_past_release_is_made_again_with_the_settings_of_its_time(bare_data: Path, tmp_path: Path) -> None:
    data = copied(bare_data, tmp_path / "data")

    def sync(expected_every_days: int, *arguments: object) -> Any:
        source = {"name": "exports", "exports": str(bare_data.parent / "exports")}
        source |= {"expected_every_days": {"job_history": expected_every_days}}
        (tmp_path / "rxladder.yml").write_text(json.dumps({"sources": [source]}), encoding="utf-8")
        return rxladder("sync", "--config", tmp_path, "--data", data, "--as-of", LATER, *arguments)

    assert Catalog(bare_data).newest_seq() == 6, "the settings of the first sync take no batch's number"
    first_hash, first_seq, _ = made_with(bare_data)
    strict = sync(3)
    assert strict.returncode == 3, said(strict)
    assert "from batch 7 on the new ones count" in strict.stdout
    then, told = made_with(data), content(data)
    assert then[:2] == (Catalog(data).configuration().sha256[:12], 7)

    again = sync(300, "--known-at", then[1])
    assert again.returncode == 3, said(again)
    assert "Stale job_history of exports" in again.stdout
    assert made_with(data) == then
    assert_same(content(data), told)

    before = sync(300, "--known-at", first_seq)
    assert before.returncode == 0, said(before)
    assert made_with(data)[:2] == (first_hash, first_seq)
    assert len(Catalog(data).batches()) == 6
