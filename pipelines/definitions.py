"""What `dagster dev -w workspace.yaml` loads: the sync's assets, checks, job and schedules."""

from __future__ import annotations

from pathlib import Path

from pipelines import warehouse, wiring
from pipelines.orchestration.assets import SyncConfig, build_definitions
from pipelines.orchestration.sync import Sync

_settings = wiring.settings(require_exports=False)


def _open_sync(config: SyncConfig) -> Sync:
    """Open a sync as a run asks for it, with the settings in force when the run starts."""
    found = wiring.settings(_path(config.config), _path(config.exports), _path(config.data))
    return wiring.open_sync(found, config.as_of, config.known_at, _log_progress, config.pull)


def _log_progress(what: str, done: float, total: float | None) -> None:
    """Say what is being done in the run's captured log."""
    print(f"{what} ({done:g}{f' of {total:g}' if total else ''})", flush=True)


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


defs = build_definitions(
    warehouse.load_manifest(_settings.data_dir / "build" / "target"),
    _open_sync,
    _settings.schedule_hour,
    _settings.timezone,
    wiring.source_assets(_settings),
)
