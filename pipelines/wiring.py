"""From settings to a running sync. Wiring only: the command line and Dagster's definitions both start here."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from pipelines import landing
from pipelines.connectors.anew import wish_anew
from pipelines.orchestration.data_folder import data_lock
from pipelines.orchestration.meant import Meant
from pipelines.orchestration.sync import Sync
from pipelines.orchestration.sync_request import Drop, Progress, SyncRequest
from pipelines.settings import EXPORTS_SOURCE, Pulled, Settings, SettingsError, configured_folder, load
from pipelines.sources import SOURCES_FILE, SftpSource

if TYPE_CHECKING:
    from pipelines.connectors.pulled import Preview
    from pipelines.orchestration.pulls import PulledSource
    from pipelines.orchestration.sources import SourceAssets

_DAGSTER: dict[str, Any] = {
    "telemetry": {"enabled": False},
    "nux": {"enabled": False},
    "concurrency": {"runs": {"max_concurrent_runs": 1}},  # a sync holds the data folder's lock: the next waits its turn
    "run_retries": {"enabled": True, "max_retries": 0},  # schedules ask for theirs
    "event_log_storage": {"module": "pipelines.orchestration.event_log", "class": "KeptEventLogStorage"},
}


_SHOWN_KINDS = {"rest": "api", "sftp": "sftp"}


class UsageError(SettingsError):
    """A value on the command line that cannot be used."""


def settings(
    config: Path | None = None,
    exports: Path | None = None,
    data: Path | None = None,
    *,
    require_exports: bool = True,
) -> Settings:
    """Return the settings; with `require_exports`, every source's folder has to be there.

    Raises:
        UsageError: `exports` is no folder.
        SettingsError: naming the file or folder and the cure.
    """
    if exports is not None and not exports.is_dir():
        raise UsageError(f"{exports}: no such folder; name the folder that holds the exports")
    found = load(config, exports, data)
    for source in found.sources if require_exports else []:
        if not source.exports.is_dir():
            raise SettingsError(f"{source.exports}: no such folder; name the folder that holds the exports")
    return found


def open_sync(
    found: Settings,
    as_of: str | None,
    known_at: str | None,
    on_progress: Progress,
    pull: Sequence[str] | None = None,
    meant: Meant | None = None,
) -> Sync:
    """Return a sync of these settings, not yet entered.

    Args:
        found: the settings.
        as_of: last day that counts, YYYY-MM-DD; None = the last one that every HR source covers.
        known_at: a batch number or a UTC time in ISO form; None = everything that has landed.
        on_progress: told what is being done.
        pull: names of the sources to pull; None = all.
        meant: what would stop the sync if nobody had said that it is meant.

    Raises:
        UsageError: a date or time that cannot be read, or no pulled source has such a name.
        SettingsError: no source is configured, or nothing had landed at `known_at`.
    """
    if not found.sources and not found.pulled:
        raise SettingsError(
            "no source of exports: give --exports FOLDER, or list sources in config/rxladder.yml"
            " (config/rxladder.example.yml shows how)"
        )
    request = SyncRequest(
        data_dir=found.data_dir,
        drops=[Drop(source.options(found.config_dir, found.timezone), source.exports) for source in found.sources],
        as_of_on=_date(as_of) if as_of else None,
        known_at_seq=_batch_seq(found.data_dir, known_at) if known_at else None,
        employee_key=found.employee_key,
        configuration=found.configuration(),
        keep_releases=found.keep_releases,
        memory_limit=found.memory_limit,
        pulled=_pulled(found, pull),
        configured_pulls=None
        if found.is_one_folder
        else {(one.spec.name, feed) for one in found.pulled for feed in one.spec.feeds},
        meant=meant or Meant(),
    )
    return Sync(request, on_progress)


def check(found: Settings, on_progress: Progress) -> list[landing.Report]:
    """Read and judge every source's exports as a sync would, writing nothing to the data folder."""
    return [
        landing.check(
            found.data_dir,
            one.options(found.config_dir, found.timezone),
            one.exports,
            on_progress,
            memory_limit=found.memory_limit,
        )
        for one in found.sources
    ]


def sources_file(config: Path | None) -> Path:
    """Return the file in which sources that are pulled are configured, whether it is there or not."""
    return (config or configured_folder()) / SOURCES_FILE


def try_source(found: Settings, name: str, say: Callable[[str], None]) -> list[Preview]:
    """Pull a little of each feed of a source into a folder that is thrown away; return what came of each.

    What else there is to say of the source is said line by line.

    Raises:
        UsageError: no pulled source has that name.
    """
    one = _source(found, name)
    with tempfile.TemporaryDirectory() as folder:
        if isinstance(one.spec, SftpSource):
            from pipelines.orchestration.drop_trial import try_drop

            trial = try_drop(one.spec, one.options(found.timezone), found.data_dir, Path(folder), one.config_dir)
            for line in trial.said:
                say(line)
            return trial.previews
        from pipelines.connectors.rest.preview import try_source as try_rest

        previews, asked = try_rest(one.spec, Path(folder), one.config_dir, found.timezone)
        say(f"{name} was asked {asked:,} times, for a little of each list")
        return previews


def pull_anew(found: Settings, name: str, *, replace: bool) -> None:
    """Have the next pull of a source begin from the beginning, whatever has landed of it; with `replace`, what landed
    and is not told any more is taken back.

    Raises:
        UsageError: no pulled source has that name, or it is one of files.
    """
    one = _source(found, name)
    if isinstance(one.spec, SftpSource):
        raise UsageError(
            f"{name} is a source of files: each is fetched anew when it changes, so there is nothing to do"
        )
    folder = found.data_dir / "pulls" / name
    with data_lock(found.data_dir):
        wish_anew(folder, one.spec.feeds, replace=replace)


def accept(found: Settings, refused_id: str) -> landing.Batch:
    """Land a refused delivery after all, with the present settings of its source.

    Raises:
        LandingError: there is no such refusal, it has been accepted, or it cannot be read at all.
    """
    with data_lock(found.data_dir):
        room = landing.Landing(found.data_dir, memory_limit=found.memory_limit)
        named = [
            *(one.options(found.config_dir, found.timezone) for one in found.sources),
            *(one.options(found.timezone) for one in found.pulled),
        ]
        batch = room.accept([*named, landing.SourceOptions(EXPORTS_SOURCE, timezone=found.timezone)], refused_id)
        room.close()
    return batch


def acknowledge(found: Settings, what: str) -> str:
    """Note that a refused delivery is known about, or that a silent feed or source had nothing to tell; return what
    that comes to, in words.

    Raises:
        LandingError: there is no such refusal, and nothing of that name is silent or late.
    """
    with data_lock(found.data_dir):
        room = landing.Landing(found.data_dir)
        named = [batch.source for batch in room.catalog.batches()]
        if what.partition("/")[0] not in named:
            room.acknowledge(what)
            return f"{what} is acknowledged; the data of its feed stay as they were."
        from pipelines.orchestration.coverage import acknowledge_silence

        return acknowledge_silence(found.data_dir, room.catalog, what)


def use_instance(data_dir: Path) -> Path:
    """Point Dagster at the data folder's own instance, so that every run is seen in one place; return its home."""
    home = data_dir / "dagster"
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o750)
    home.mkdir(exist_ok=True)
    file, part = home / "dagster.yaml", home / ".dagster.yaml.part"
    found = (yaml.safe_load(file.read_text(encoding="utf-8")) or {}) if file.exists() else _DAGSTER
    log, config = found.get("event_log_storage", {}), {"base_dir": str(home.absolute() / "history" / "runs")}
    is_ours = log.get("class") == _DAGSTER["event_log_storage"]["class"]
    if is_ours and log.get("config") != config:  # new, or the data folder has been moved
        written = found | {"event_log_storage": log | {"config": config}}
        part.write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")
        part.replace(file)
    os.environ["DAGSTER_HOME"] = str(home)
    return home


def run_job(running: Sync, found: Settings) -> None:
    """Run the Dagster job `sync` in this process on an entered sync; raise whatever stopped it."""
    with running.timed("imports"):
        import dagster as dg

        from pipelines.orchestration.assets import JOB, SyncConfig, build_definitions, landing_keys
        from pipelines.orchestration.sources import source_keys

    def entered(_: SyncConfig) -> contextlib.AbstractContextManager[Sync]:
        return contextlib.nullcontext(running)

    with running.timed("parse"):
        manifest = running.manifest()
    sources = source_assets(found)
    definitions = build_definitions(manifest, entered, found.schedule_hour, found.timezone, sources)
    with dg.DagsterInstance.get() as instance:
        # This sync holds the lock, so whatever Dagster takes for a run at work was killed.
        ended = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}
        unended = [status for status in dg.DagsterRunStatus if status not in ended]
        for killed in instance.get_runs(dg.RunsFilter(job_name=JOB, statuses=unended)):
            instance.report_run_failed(killed, "the sync was cut short; the next one needed no help")
        definitions.resolve_job_def(JOB).execute_in_process(
            instance=instance,
            asset_selection=None if running.has_news else [*landing_keys(), *source_keys(sources)],
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )


def source_assets(found: Settings) -> list[SourceAssets]:
    """Return the pulled sources as Dagster shows and schedules them."""
    from pipelines.orchestration.sources import SourceAssets

    return [
        SourceAssets(one.spec.name, tuple(one.spec.feeds), one.spec.schedule, _SHOWN_KINDS[one.spec.kind])
        for one in found.pulled
    ]


def _pulled(found: Settings, names: Sequence[str] | None) -> list[PulledSource]:
    wanted = [_source(found, name) for name in names] if names is not None else found.pulled
    if not wanted:
        return []
    from pipelines.orchestration.pulls import PulledSource

    return [
        PulledSource(one.spec, one.options(found.timezone), one.config_dir, found.timezone, found.pulls_at_once)
        for one in wanted
    ]


def _source(found: Settings, name: str) -> Pulled:
    for one in found.pulled:
        if one.spec.name == name:
            return one
    known = ", ".join(one.spec.name for one in found.pulled) or "none"
    raise UsageError(f"{name}: no such source in sources.yml; there is {known}")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--as-of {text}: not a date; write it as 2026-03-31") from error


def _batch_seq(data_dir: Path, known_at: str) -> int:
    """Return the newest batch that had landed by then."""
    if known_at.isdecimal():
        return int(known_at)
    try:
        moment = datetime.fromisoformat(known_at)
    except ValueError as error:
        raise UsageError(
            f"--known-at {known_at}: neither a batch number nor a time such as 2026-03-31T18:00"
        ) from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    catalog = landing.Catalog(data_dir)
    if not any(batch.landed_at <= moment for batch in catalog.batches()):
        raise SettingsError(f"--known-at {known_at}: nothing had landed by then")
    return catalog.newest_seq(landed_by=moment)
