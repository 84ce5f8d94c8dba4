"""The last day that counts, and how far each feed of each source tells, of what a sync was asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from pipelines import landing, warehouse
from pipelines.orchestration.configuration import build_settings
from pipelines.orchestration.sync_request import SyncRequest

_COUNTED = "record_days.duckdb"
"""In the build folder: the counts of records by day, which can be deleted at any time."""


def as_known(
    request: SyncRequest, catalog: landing.Catalog, configuration: landing.LandedConfiguration
) -> tuple[date, Sequence[warehouse.Covered]]:
    """Return the last day that counts and what is covered, as known at what was asked for.

    Args:
        request: what was asked for; a day that it names wins over what is covered.
        catalog: what has landed.
        configuration: the settings of that state.
    """
    batches = catalog.batches(request.known_at_seq)
    covered = _covered(request.data_dir, batches, configuration, request.known_at_seq, request.as_of_on)
    as_of_on = request.as_of_on or warehouse.default_as_of(covered)
    if as_of_on is None:  # without HR's feeds nothing is built; this only names what there is
        landed = max((batch.landed_at for batch in batches), default=configuration.landed_at)
        as_of_on = landed.date() - timedelta(days=1)
    return as_of_on, covered


def acknowledge_silence(data_dir: Path, catalog: landing.Catalog, what: str) -> str:
    """Note that a feed (source/feed) or a source that is silent or late had nothing more to tell; say what follows.

    Raises:
        LandingError: it is neither.
    """
    configuration = catalog.configuration()
    assert configuration is not None, "batches have landed, and settings land first"
    covered = _covered(data_dir, catalog.batches(), configuration, None, None)
    source, _, feed = what.partition("/")
    asked = [one for one in covered if one.source == source and feed in ("", one.feed)]
    standing = [one for one in asked if one.is_silent or (one.is_late and not one.is_acknowledged)]
    if not standing:
        others = sorted({f"{one.source}/{one.feed}" for one in covered if one.is_silent}) or ["none"]
        raise landing.LandingError(f"{what} is neither silent nor late; silent: {', '.join(others)}")
    through = max(one.told_through_on for one in standing)
    noted = landing.AcknowledgedSilence(source, feed or None, through, catalog.newest_seq())
    landing.acknowledge_silence(data_dir, noted)
    return f"{what} is taken to have had nothing more to tell through {through}; the next sync builds with that."


def _covered(
    data_dir: Path,
    batches: Sequence[landing.Batch],
    configuration: landing.LandedConfiguration,
    known_at_seq: int | None,
    as_of_on: date | None,
) -> list[warehouse.Covered]:
    settings = build_settings(configuration.content()).coverage
    noted: dict[tuple[str, str | None], date] = {}
    for one in landing.acknowledged_silences(data_dir, known_at_seq):
        noted[one.source, one.feed] = max(one.through, noted.get((one.source, one.feed), one.through))
    days = warehouse.record_days(data_dir / "build" / _COUNTED, batches)
    return warehouse.coverage(batches, days, settings, noted, _quiet(batches, settings.pulled), as_of_on)


def _quiet(batches: Sequence[landing.Batch], pulled: Collection[str]) -> dict[tuple[str, str], datetime]:
    """Return when the newest pull that landed anything of a source said which of its feeds have no news."""
    if not pulled:  # a sync of files alone does without what speaks HTTP
        return {}
    from pipelines.connectors.rest.landed import QUIET

    newest = {batch.source: batch for batch in batches if batch.source in pulled}
    return {
        (source, feed): batch.landed_at
        for source, batch in newest.items()
        for feed in batch.manifest().get("origin", {}).get(QUIET, {})
    }
