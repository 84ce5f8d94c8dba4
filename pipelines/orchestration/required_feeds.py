"""Without which feeds nothing can be built, and what of them was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines import landing
from pipelines.feeds import FEEDS
from pipelines.orchestration.sync_request import SyncError


def require_feeds(batches: Sequence[landing.Batch], refused: Sequence[landing.Refusal] = ()) -> None:
    """Raise SyncError when a feed without which nothing can be built has never landed.

    A roster stands for employees and job_history. What was `refused` is said first: it may be what is missing.
    """
    present = {batch.feed for batch in batches}
    if "roster" in present:
        present |= {"employees", "job_history"}
    missing = [feed.name for feed in FEEDS.values() if feed.is_required and feed.name not in present]
    if not missing:
        return
    stopped = {item.feed for item in refused}
    is_refused_roster = "roster" in stopped and "job_history" in missing
    absent = [name for name in missing if name not in stopped]
    if is_refused_roster:
        absent = [name for name in absent if name not in ("employees", "job_history")]
    cures: list[str] = []
    if stopped.intersection(missing) or is_refused_roster:
        cures.append("mend what was refused, or accept it")
    if absent:
        cures.append(
            f"put a file such as {absent[0]}.csv in the exports folder (what it must hold is in the README under Feeds)"
        )
    if "job_history" in absent and "roster" not in stopped:
        cures.append("lists of who is employed will do too, as roster.csv")
    raise SyncError(f"{said_first(refused)}nothing can be built without {', '.join(missing)}: {'; '.join(cures)}")


def said_first(refused: Sequence[landing.Refusal]) -> str:
    """Return a line for each refused delivery, without the value at fault, which may be a name."""
    return "".join(f"refused {item.refused_id} ({item.feed}): {replace(item.fault, value=None)}\n" for item in refused)
