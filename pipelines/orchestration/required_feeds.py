"""Without which feeds nothing can be built."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines import landing
from pipelines.feeds import FEEDS
from pipelines.orchestration.sync_request import SyncError


def require_feeds(batches: Sequence[landing.Batch]) -> None:
    """Raise SyncError when a feed without which nothing can be built has never landed.

    A roster stands for employees and job_history.
    """
    present = {batch.feed for batch in batches}
    if "roster" in present:
        present |= {"employees", "job_history"}
    missing = [feed.name for feed in FEEDS.values() if feed.is_required and feed.name not in present]
    if missing:
        raise SyncError(
            f"nothing can be built without {', '.join(missing)}: put a file such as {missing[0]}.csv in the exports"
            " folder (what it must hold is in the README under Feeds)"
            + ("; lists of who is employed will do too, as roster.csv" if "job_history" in missing else "")
        )
