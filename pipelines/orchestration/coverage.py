"""The last day that counts, and how far each feed of each source tells, of what a sync was asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from pipelines import landing, warehouse
from pipelines.orchestration.configuration import build_settings
from pipelines.orchestration.sync_request import SyncRequest


def as_known(
    request: SyncRequest, catalog: landing.Catalog, configuration: landing.LandedConfiguration, counted: Path
) -> tuple[date, Sequence[warehouse.Covered]]:
    """Return the last day that counts and what is covered, as known at what was asked for.

    Args:
        request: what was asked for; a day that it names wins over what is covered.
        catalog: what has landed.
        configuration: the settings of that state.
        counted: where the counts of records by day are kept.
    """
    batches = catalog.batches(request.known_at_seq)
    settings = build_settings(configuration.content()).coverage
    noted: dict[tuple[str, str | None], date] = {}
    for one in landing.acknowledged_silences(request.data_dir, request.known_at_seq):
        noted[one.source, one.feed] = max(one.through, noted.get((one.source, one.feed), one.through))
    covered = warehouse.coverage(
        batches,
        warehouse.record_days(counted, batches),
        settings,
        noted,
        _quiet(batches, settings.pulled),
        request.as_of_on,
    )
    as_of_on = request.as_of_on or warehouse.default_as_of(covered)
    if as_of_on is None:  # without HR's feeds nothing is built; this only names what there is
        landed = max((batch.landed_at for batch in batches), default=configuration.landed_at)
        as_of_on = landed.date() - timedelta(days=1)
    return as_of_on, covered


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
