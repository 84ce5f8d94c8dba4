"""Tries a source without landing anything: are credentials and rights in order, what do its first records become."""

from __future__ import annotations

from pathlib import Path

from pipelines.connectors.pulled import Preview
from pipelines.connectors.rest.source import SourcePuller
from pipelines.connectors.rest.spec import SourceSpec
from pipelines.connectors.rest.trial import Sample


def try_source(spec: SourceSpec, folder: Path, config_dir: Path, zone: str, rows: int = 5) -> tuple[list[Preview], int]:
    """Ask for a little of each stream, into `folder`; return what each feed's first records become, and how many
    requests that took."""
    puller = SourcePuller(spec, folder, config_dir, zone, Sample.wanted(spec))
    try:
        return [puller.preview(feed, rows) for feed in spec.feeds], puller.requests_made
    finally:
        puller.close()
