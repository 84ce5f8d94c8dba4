"""Turns deliveries into immutable, typed, checked batches.

Belongs here: decoding, typing, quarantine, gates, manifests, what has landed and what was refused. Does not belong
here: how files get here (`pipelines.connectors`), and what records mean (dbt).

    landing = Landing(data_dir)
    plan = landing.plan(source, drop_dir)
    outcomes = [landing.land(source, delivery) for delivery in plan.deliveries]  # each a Batch or a Refusal
    landing.close()

A batch folder `landing/<feed>/<source>/<batch_seq>/` holds raw/ (the bytes as received), rows.parquet, manifest.json
and, only when there is something in them, quarantine.parquet and repaired.parquet.
rows.parquet has the contract's columns (`Column.landed_as`), is_deleted, source and batch_seq, in file order.
A roster is landed like any feed; dbt makes people and job rows of its lists.
"""

from typing import TYPE_CHECKING, Any

from pipelines.connectors.delivery import Delivery, Unmatched
from pipelines.landing.batches import Batch, Outcome, Problem, Refusal, batch_path
from pipelines.landing.catalog import Catalog
from pipelines.landing.configurations import LandedConfiguration
from pipelines.landing.faults import Fault, LandingError, Refused
from pipelines.landing.folders import clear_leftovers
from pipelines.landing.options import MODES, Limits, Mode, SourceOptions
from pipelines.landing.room import Landing, Plan
from pipelines.landing.silences import AcknowledgedSilence, acknowledge_silence, acknowledged_silences

if TYPE_CHECKING:
    from pipelines.landing.checking import Orphans, Report, check

__all__ = [
    "MODES",
    "AcknowledgedSilence",
    "Batch",
    "Catalog",
    "Delivery",
    "Fault",
    "LandedConfiguration",
    "Landing",
    "LandingError",
    "Limits",
    "Mode",
    "Orphans",
    "Outcome",
    "Plan",
    "Problem",
    "Refusal",
    "Refused",
    "Report",
    "SourceOptions",
    "Unmatched",
    "acknowledge_silence",
    "acknowledged_silences",
    "batch_path",
    "check",
    "clear_leftovers",
]


def __getattr__(name: str) -> Any:
    """Import what needs DuckDB only when it is asked for: planning and `--help` do without."""
    if name in ("Orphans", "Report", "check"):
        from pipelines.landing import checking

        return getattr(checking, name)
    raise AttributeError(name)
