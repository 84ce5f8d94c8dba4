"""The pulled sources in Dagster: an asset and a check for each feed of each, and their schedules.

Every schedule starts the one job: a pull is of use when it is landed, built, audited and published. Runs wait for
each other (the instance's run queue), and a run that a schedule started and that failed is tried again.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dagster as dg

if TYPE_CHECKING:
    from pipelines.orchestration.pulls import PulledFeed

PULLED = "pulled"
_RETRIES = {"dagster/max_retries": "2"}


@dataclass(frozen=True, slots=True)
class SourceAssets:
    """A pulled source: the feeds that it delivers, and when (cron; None = with the daily sync). `kind` is shown."""

    name: str
    feeds: tuple[str, ...]
    schedule: str | None
    kind: str = "api"


def source_key(source: str, feed: str) -> dg.AssetKey:
    """Return the key of what a source delivers of a feed."""
    return dg.AssetKey(["sources", source, feed])


def source_keys(sources: Iterable[SourceAssets]) -> list[dg.AssetKey]:
    """Return the keys of all feeds of all sources."""
    return [source_key(source.name, feed) for source in sources for feed in source.feeds]


def source_specs(sources: Iterable[SourceAssets]) -> list[dg.AssetSpec]:
    """Return the assets of the sources."""
    return [
        dg.AssetSpec(
            source_key(source.name, feed),
            group_name="sources",
            description=f"The feed {feed} as the source {source.name} gives it.",
            kinds={source.kind},
            skippable=True,
        )
        for source in sources
        for feed in source.feeds
    ]


def source_checks(sources: Iterable[SourceAssets]) -> list[dg.AssetCheckSpec]:
    """Return the checks of the sources."""
    return [
        dg.AssetCheckSpec(PULLED, asset=key, description="The last pull brought all there was, or found nothing new.")
        for key in source_keys(sources)
    ]


def source_results(found: Iterable[PulledFeed]) -> Generator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
    """Say what came of each pull. Reasons hold no secret and no person."""
    for one in found:
        key = source_key(one.source, one.feed)
        if one.received is not None:
            yield dg.MaterializeResult(asset_key=key, metadata={f"{one.counted} received": one.received})
        yield dg.AssetCheckResult(
            asset_key=key,
            check_name=PULLED,
            passed=one.failure is None,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"reason": one.failure or "none"},
        )


def schedules(
    job: Any, step: str, sources: Sequence[SourceAssets], hour: int, timezone: str
) -> list[dg.ScheduleDefinition]:
    """Return the daily schedule, which pulls whatever has no schedule of its own, and that of each source that has one.

    Args:
        job: the sync job.
        step: name of the job's one step.
        sources: the pulled sources.
        hour: at which the daily sync runs.
        timezone: in which the hour and the sources' schedules are meant.
    """

    def schedule(name: str, cron: str, names: list[str]) -> dg.ScheduleDefinition:
        return dg.ScheduleDefinition(
            name=name,
            job=job,
            cron_schedule=cron,
            execution_timezone=timezone,
            run_config={"ops": {step: {"config": {"pull": names}}}} if sources else None,
            tags=_RETRIES,
        )

    daily = schedule("daily_sync", f"0 {hour} * * *", [one.name for one in sources if one.schedule is None])
    own = [schedule(f"pull_{one.name}", one.schedule, [one.name]) for one in sources if one.schedule is not None]
    return [daily, *own]
