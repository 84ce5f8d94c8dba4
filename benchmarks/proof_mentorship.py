"""What mentorship_effect makes of planted mentoring, in simulated organisations; table in results/mentorship.md.

    python -m benchmarks.proof_mentorship [--runs 200]

Organisations are simulated twice: without the unmeasured trait that raises mentoring and lowers quits, where the
interval has to cover the planted ratio, and with it, which shows how far an association is from an effect. Their feeds
go through the models, GROUP organisations in one warehouse, and then the model's own SQL runs over the rows of one
organisation at a time.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from pipelines.demo import Scenario, Simulation, demo_tables, simulate
from pipelines.demo.job_feeds import job_feeds
from pipelines.demo.program_feeds import program_feeds
from pipelines.demo.talent_feeds import talent_feeds
from tests.integration.dbt_harness import FakeBatch, FakeWarehouse, Row

RESULTS = Path(__file__).with_name("results") / "mentorship.md"
# The walk and readiness are here for the data tests that hold one table against another.
MODELS = ("+mentorship_effect", "+headcount_walk_by_month", "+fct_promotions", "+fct_separations")
GROUP = 25
OUTCOMES = ("separated_voluntary", "promoted")
# Feeds of people, with the columns whose ids an organisation has to itself.
OF_PEOPLE = {"job_history": ("employee_id", "manager_id"), "mentorships": ("mentorship_id", "mentor_id", "mentee_id")}
OF_ALL = ("tiers", "job_tiers", "sites")
FACTS = {"fct_tier_spells": "employee_key", "fct_employments": "employee_key", "fct_mentorships": "mentee_key"}
PLANTED = {"separated_voluntary": Scenario().mentoring_effect, "promoted": 1.0}


@dataclass(frozen=True, slots=True)
class Summary:
    """What the runs of an outcome come to.

    `ratio` is the geometric mean of the estimates, `e_value` the median, `rejected` the share of intervals
    without 1.
    """

    runs: int
    ratio: float
    coverage: float
    rejected: float
    e_value: float


def prefix(seed: int) -> str:
    """What an organisation's own ids begin with, in a warehouse that several share."""
    return f"{seed:05d}-"


def rows_of(simulation: Simulation) -> dict[str, list[Row]]:
    """The feeds of an organisation that the model needs, with its own ids marked."""
    tables = demo_tables(simulation, groups=(job_feeds, talent_feeds, program_feeds))
    mark = prefix(simulation.scenario.seed)
    marked = {
        feed: [row | {name: mark + row[name] for name in ids if row[name]} for row in tables[feed].to_pylist()]
        for feed, ids in OF_PEOPLE.items()
    }
    return marked | {feed: tables[feed].to_pylist() for feed in OF_ALL}


def warehouse_of(folder: Path, scenarios: Sequence[Scenario]) -> FakeWarehouse:
    """A warehouse of the people of all organisations together."""
    warehouse = FakeWarehouse(folder, scenarios[0].end_on)
    feeds = [rows_of(simulate(scenario)) for scenario in scenarios]
    warehouse.add(*(FakeBatch(name, feeds[0][name]) for name in OF_ALL))
    warehouse.add(*(FakeBatch(name, [row for rows in feeds for row in rows[name]]) for name in OF_PEOPLE))
    warehouse.build(*MODELS)
    return warehouse


def estimates(warehouse: FakeWarehouse, seeds: Sequence[int]) -> Iterator[dict[str, Mapping[str, Any]]]:
    """Run the model's SQL over each organisation; its rows by outcome."""
    (file,) = (warehouse.folder / "target" / "compiled").rglob("mentorship_effect.sql")
    sql = file.read_text(encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse.folder / 'metrics.duckdb'}' as everybody (read_only)")
        connection.execute("attach ':memory:' as metrics; create schema metrics.core")
        connection.execute(f"attach '{warehouse.folder / 'build.duckdb'}' as build (read_only)")
        for seed in seeds:
            for fact, person in FACTS.items():
                connection.execute(
                    f"create or replace table metrics.core.{fact} as from everybody.core.{fact}"
                    f" where starts_with({person}, '{prefix(seed)}')"
                )
            found = connection.execute(sql)
            names = [column[0] for column in found.description]
            yield {row["outcome"]: row for row in (dict(zip(names, row, strict=True)) for row in found.fetchall())}


def summary(found: Sequence[Mapping[str, Any]], planted: float) -> Summary:
    """Summarise the rows of one outcome."""
    ratio, low, high, e_value = (
        np.array([row[name] for row in found], float)
        for name in ("rate_ratio", "rate_ratio_low", "rate_ratio_high", "e_value")
    )
    return Summary(
        len(found),
        float(np.exp(np.log(ratio).mean())),
        float(((low <= planted) & (planted <= high)).mean()),
        float(((low > 1) | (high < 1)).mean()),
        float(np.median(e_value)),
    )


def table(count: int) -> dict[tuple[bool, str], Summary]:
    """Simulate and summarise, by (whether the trait is at work, outcome)."""
    summaries: dict[tuple[bool, str], Summary] = {}
    for ambition in (False, True):
        found: list[dict[str, Mapping[str, Any]]] = []
        for first in range(1, count + 1, GROUP):
            seeds = range(first, min(first + GROUP, count + 1))
            with tempfile.TemporaryDirectory(prefix="rxladder-mentorship-") as folder:
                scenarios = [Scenario(seed=seed, ambition=ambition) for seed in seeds]
                found += estimates(warehouse_of(Path(folder), scenarios), seeds)
        for outcome in OUTCOMES:
            summaries[ambition, outcome] = summary([rows[outcome] for rows in found], PLANTED[outcome])
    return summaries


def markdown(summaries: Mapping[tuple[bool, str], Summary]) -> str:
    """The table."""
    lines = [
        "30 sites, about 450 technicians, 4 years.",
        "",
        "| hidden trait | outcome | planted ratio | runs | mean ratio | bias | coverage"
        " | interval without 1 | median e-value |",
        "|" + " --- |" * 9,
    ]
    lines += [
        f"| {'yes' if ambition else 'no'} | {outcome} | {PLANTED[outcome]:.2f} | {row.runs} | {row.ratio:.3f} |"
        f" {row.ratio / PLANTED[outcome] - 1:+.1%} | {row.coverage:.1%} | {row.rejected:.1%} | {row.e_value:.2f} |"
        for (ambition, outcome), row in summaries.items()
    ]
    return "\n".join(lines) + "\n"


def prove(count: int = 200) -> str:
    """Estimate, write the table, and hold it against what was promised."""
    summaries = table(count)
    text = markdown(summaries)
    print(text)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, encoding="utf-8")
    for outcome in OUTCOMES:
        coverage = summaries[False, outcome].coverage
        # Promotions wait for requirements and so vary less than the interval allows for: it may be too wide for them.
        most = 0.99 if outcome == "separated_voluntary" else 1.0
        assert 0.90 <= coverage <= most, f"{outcome}: coverage {coverage:.1%} without a hidden trait"
    quits, biased = (summaries[ambition, "separated_voluntary"] for ambition in (False, True))
    assert biased.ratio < 0.95 * quits.ratio, "the hidden trait makes no difference"
    return (
        f"{count} organisations with and without a hidden trait: coverage {quits.coverage:.1%} without; with it the"
        f" ratio reads {biased.ratio:.2f} for {PLANTED['separated_voluntary']:.2f} (coverage {biased.coverage:.1%})"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=200)
    print(prove(parser.parse_args().runs))
