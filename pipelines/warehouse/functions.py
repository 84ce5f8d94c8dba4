"""Functions of pipelines.causal for the models, as DuckDB functions; profiles.yml names this module as a plugin.

    staggered_effect(panel)          one outcome's panel (a list of rows) -> its effect
    probability_positive(worth)      what a program's worth rests on -> how probably it is above zero

dbt enforces no contract on models written in Python, and SQL models can call these. The arguments' fields are those of
`Panel` and `Worth`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb.func import FunctionNullHandling

_RANGE = "struct(low double, central double, high double)"

_PANEL = """struct(
    site_id varchar, month integer, start integer, person_years double, treated_person_years double, events double)[]"""

_EFFECT = """struct(
    estimate double, low double, high double, p_value double, person_years double, sites_treated integer,
    sites_not_yet integer, status varchar)"""

_WORTH = f"""struct(
    effect {_RANGE}, person_years double,
    costs struct(fixed double, loaded double, mentoring double, exams double),
    internal_fills double, entry_refill_cost double, replacement_cost {_RANGE}, benefits_load {_RANGE},
    exam_fee {_RANGE}, mentor_hours {_RANGE}, external_fill_cost {_RANGE}, internal_fill_cost {_RANGE})"""


def staggered_effect(rows: Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
    """Estimate an effect from rows of a panel in any order; `start` is null where the program has not begun."""
    import numpy as np

    from pipelines import causal

    rows = sorted(rows or (), key=lambda row: (row["site_id"], row["month"]))

    def column(name: str) -> Any:
        return np.array([row[name] for row in rows], np.float64)

    _, site = np.unique([row["site_id"] for row in rows], return_inverse=True)
    start = [causal.NEVER if row["start"] is None else row["start"] for row in rows]
    effect = causal.staggered_effect(
        causal.Panel(
            site.astype(np.int64),
            np.array([row["month"] for row in rows], np.int64),
            np.array(start, np.int64),
            column("person_years"),
            column("treated_person_years"),
            column("events"),
        )
    )
    return {name: getattr(effect, name) for name in effect.__slots__}


def probability_positive(worth: Mapping[str, Any] | None) -> float | None:
    """Return the probability that benefits exceed costs; null where the effect is unknown."""
    if worth is None or worth["effect"]["central"] is None:
        return None
    from pipelines import causal

    def ranged(name: str) -> causal.Range:
        return causal.Range(**worth[name])

    return causal.probability_positive(
        causal.Worth(
            effect=ranged("effect"),
            person_years=worth["person_years"],
            costs=causal.Costs(**worth["costs"]),
            internal_fills=worth["internal_fills"],
            entry_refill_cost=worth["entry_refill_cost"],
            replacement_cost=ranged("replacement_cost"),
            benefits_load=ranged("benefits_load"),
            exam_fee=ranged("exam_fee"),
            mentor_hours=ranged("mentor_hours"),
            external_fill_cost=ranged("external_fill_cost"),
            internal_fill_cost=ranged("internal_fill_cost"),
        )
    )


class Plugin(BasePlugin):
    """Gives every connection of a dbt run the functions."""

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Create the functions, which see nulls instead of being skipped for them."""
        null = FunctionNullHandling.SPECIAL
        conn.create_function("staggered_effect", staggered_effect, [_PANEL], _EFFECT, null_handling=null)
        conn.create_function("probability_positive", probability_positive, [_WORTH], "double", null_handling=null)
