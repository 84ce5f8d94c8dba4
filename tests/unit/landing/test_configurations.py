"""The settings in force, landed: numbered with the batches, found again for any state of the past."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipelines.landing import Catalog, Landing, SourceOptions
from pipelines.orchestration.configuration import build_settings

FIRST, SECOND = b'{"timezone": "UTC"}', b'{"timezone": "Asia/Tokyo"}'


def land_sites(landing: Landing, folder: Path, name: str) -> int:
    """Land one batch; its number."""
    folder.mkdir(exist_ok=True)
    (folder / f"sites_{name}.csv").write_text(f"site_id,name\n{name},{name}\n", encoding="utf-8")
    source = SourceOptions("exports")
    (outcome,) = [landing.land(source, delivery) for delivery in landing.plan(source, folder).deliveries]
    return Catalog(folder.parent / "data").batches()[-1].batch_seq if outcome else -1


def test_settings_have_numbers_among_the_batches_and_count_from_there_on(tmp_path: Path) -> None:
    landing = Landing(tmp_path / "data")
    first = landing.land_configuration(FIRST)
    assert first is not None and first.batch_seq == 0, "so that batches count from 1"
    assert landing.land_configuration(FIRST) is None
    assert land_sites(landing, tmp_path / "drop", "a") == 1
    second = landing.land_configuration(SECOND, now=datetime(2026, 3, 1, tzinfo=UTC))
    assert second is not None and second.batch_seq == 2
    assert land_sites(landing, tmp_path / "drop", "b") == 3
    again = landing.land_configuration(FIRST)
    assert again is not None and again.batch_seq == 4, "what comes back is landed again"
    landing.close()

    catalog = Catalog(tmp_path / "data")
    assert [batch.batch_seq for batch in catalog.batches()] == [1, 3]
    assert catalog.newest_seq() == 4
    found = {seq: catalog.configuration(seq) for seq in range(5)} | {None: catalog.configuration()}
    assert {seq: one.batch_seq for seq, one in found.items() if one} == {0: 0, 1: 0, 2: 2, 3: 2, 4: 4, None: 4}
    assert second.sha256 == sha256(SECOND).hexdigest()
    assert second.content() == {"timezone": "Asia/Tokyo"}
    assert catalog.newest_seq(landed_by=datetime(2026, 3, 2, tzinfo=UTC)) == 2


def test_before_the_first_landed_the_first_counts(tmp_path: Path) -> None:
    """A data folder that is older than this."""
    landing = Landing(tmp_path / "data")
    assert land_sites(landing, tmp_path / "drop", "a") == 1
    landed = landing.land_configuration(FIRST)
    landing.close()
    assert landed is not None and landed.batch_seq == 2
    assert landing.catalog.configuration(1) == landed


def test_what_a_build_uses_is_read_from_old_settings_too() -> None:
    assert build_settings({}).expected_every_days == {}
    one = {"name": "hris", "expected_every_days": {"job_history": 3}}
    two: dict[str, Any] = {"name": "lms", "expected_every_days": {"completions": 1}, "a key of the past": 1}
    two["persons"] = {"completions": "work_email"}
    found = build_settings({"sources": [one], "pulled": [two, {"name": "other"}]})
    assert found.expected_every_days == {("hris", "job_history"): 3, ("lms", "completions"): 1}
    assert found.persons == {("lms", "completions"): "work_email"}
