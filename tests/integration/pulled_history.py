"""What Dagster has noted of the pulls of a feed of a source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.orchestration.sources import PULLED, source_key


@dataclass(frozen=True)
class PulledHistory:
    """Whether each pull passed and why not, the newest first, and what the newest materialization counts."""

    passed: list[bool]
    reasons: list[str]
    counted: dict[str, Any]


def pulled_history(data: Path, source: str, feed: str) -> PulledHistory:
    """Read it from the data folder's own instance."""
    asset = source_key(source, feed)
    with dg.DagsterInstance.from_config(str(data / "dagster")) as instance:
        records = instance.event_log_storage.get_asset_check_execution_history(dg.AssetCheckKey(asset, PULLED), 9)
        checks = [one.event.dagster_event.asset_check_evaluation_data for one in records]
        event = instance.get_latest_materialization_event(asset)
    metadata = {} if event is None else event.asset_materialization.metadata
    return PulledHistory(
        [one.passed for one in checks],
        [one.metadata["reason"].value for one in checks],
        {name: value.value for name, value in metadata.items()},
    )
