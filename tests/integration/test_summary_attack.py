"""No hidden count of the summary follows from the shown ones."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from tests.integration.cli import published
from tests.integration.summary_attack import Count, Terms, derivable

# Table -> its counts, each part of the one after it. Person-days stand as person_years.
TABLES = {
    "headcount_by_month": ["headcount"],
    "turnover_by_period": ["separations_voluntary", "separations", "person_years"],
    "promotions_by_period": ["promotions", "person_years"],
    "readiness_at_month_end": ["waiting_over_90_days", "ready", "employees"],
    "training_completion_by_period": ["completed_on_time", "completed", "assignments_due"],
    "evaluation_coverage_by_period": ["evaluated"],
    "new_hire_attrition_by_year": ["left_voluntarily", "left", "hires"],
    "certification_by_year": ["certified_in_time", "matured", "entrants"],
}
PARTS = [
    (f"{table}.{small}", f"{table}.{large}") for table, counts in TABLES.items() for small, large in pairwise(counts)
] + [("turnover_by_period.person_years", "promotions_by_period.person_years")]
# Counts of the people whom a cell is about, as against what happened to some of them.
OF_PEOPLE = {
    "headcount_by_month.headcount", "readiness_at_month_end.employees", "new_hire_attrition_by_year.hires",
    "certification_by_year.matured", "certification_by_year.entrants",
}  # fmt: skip
# Tiers without a way up have no promotions, and no row.
WITHOUT_SOME_TIERS = {"promotions_by_period.person_years"}
# Shown over the last twelve months too.
ROLLING = {
    "turnover_by_period": ["separations_voluntary", "separations", "person_years"],
    "promotions_by_period": ["promotions", "person_years"],
}


def place(row: dict[str, Any]) -> tuple[Any, ...]:
    """When and where a row is about, as Count has it."""
    starts_on = row.get("starts_on") or row.get("month") or row["year"]
    period = row.get("period") or ("year" if "year" in row else "month")
    return period, starts_on, row["level"], row["region"], row["site_id"], row.get("tier")


def whole(name: str, value: float | None) -> int | None:
    """A count as a whole number: person-years are counted in days."""
    return None if value is None else round(value * (365.25 if name == "person_years" else 1))


def counts_of(connection: duckdb.DuckDBPyConnection) -> tuple[dict[Count, float | None], list[tuple[Terms, float]]]:
    """Every count of the summary, and the sums over twelve months that it shows."""
    counts: dict[Count, float | None] = {}
    sums: list[tuple[Terms, float]] = []
    for table, names in TABLES.items():
        frame = connection.execute(f"select * from summary.main.{table}")
        columns = [column[0] for column in frame.description or []]
        rows = [dict(zip(columns, values, strict=True)) for values in frame.fetchall()]
        for row in rows:
            for name in names:
                count = Count(f"{table}.{name}", *place(row))
                assert count not in counts, "every row is a place and a time of its own"
                counts[count] = whole(name, row[name])
        months: dict[Any, list[Count]] = {}
        for row in sorted(rows, key=lambda row: str(place(row))):
            period, _, *where = place(row)
            for name in ROLLING.get(table, []) if period == "month" else []:
                window = months.setdefault((name, *where), [])
                window.append(Count(f"{table}.{name}", *place(row)))
                total = whole(name, row[f"{name}_12m"])
                if total is not None:
                    sums.append((dict.fromkeys(window[-12:], 1.0), total))
    return counts, sums


@pytest.mark.parametrize("organisation", ["golden_data", "demo_data", "single_data"])
def test_no_hidden_count_of_an_organisation_follows(organisation: str, request: pytest.FixtureRequest) -> None:
    with published(request.getfixturevalue(organisation)) as connection:
        counts, sums = counts_of(connection)
        on_lattice = connection.execute(
            "select table_name from duckdb_columns() where database_name = 'summary' and column_name = 'level'"
        ).fetchall()
    assert {name for (name,) in on_lattice} == set(TABLES)
    hidden = [count for count, value in counts.items() if value is None]
    assert hidden and len(hidden) < len(counts)
    few = [count for count, value in counts.items() if count.name in OF_PEOPLE and value is not None and value < 5]
    assert few == []
    assert derivable(counts, PARTS, sums, WITHOUT_SOME_TIERS) == []


ORGANISATIONS = 100
LATTICE = """
    with by_slice as (
        select family, slice, region, site_id, tier,
            case
                when grouping(tier) = 0 then case when grouping(region) = 0 then 'region_tier' else 'tier' end
                when grouping(site_id) = 0 then 'site' when grouping(region) = 0 then 'region' else 'all'
            end as level,
            sum(people) as people, sum(n1) as n1, sum(n2) as n2, sum(n3) as n3
        from people_at_work
        group by grouping sets ((family, slice), (family, slice, region), (family, slice, region, site_id),
            (family, slice, tier), (family, slice, region, tier))
    )
    select family, date_trunc('year', slice)::date as unit, 'unit' as period, unit as starts_on, level, region, site_id,
        tier, max(people) as people, sum(n1) as n1, sum(n2) as n2, sum(n3) as n3
    from by_slice group by family, unit, level, region, site_id, tier
    union all by name
    select * exclude (slice), date_trunc('year', slice)::date as unit, 'slice' as period, slice as starts_on
    from by_slice where level in ('all', 'region') and family like 'monthly%'
"""


def small_organisations(seed: int = 5) -> pd.DataFrame:
    """People and nested counts by month, site and tier of organisations small enough for much to be hidden."""
    chance = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for number in range(ORGANISATIONS):
        regions, tiers, months = chance.integers(1, 5), chance.integers(1, 6), chance.integers(1, 5)
        crowd = chance.choice([1.0, 3.0, 8.0])
        family = f"{chance.choice(['monthly', 'yearly'])} {number}"
        for region in range(regions):
            for site in range(chance.integers(1, 6)):
                sizes = chance.poisson(crowd * chance.exponential(1.0), tiers)
                for month in range(months):
                    for tier, size in enumerate(sizes):
                        if size:
                            n1 = chance.binomial(size, 0.15)
                            n2 = n1 + chance.binomial(size - n1, 0.3)
                            rows.append(
                                {
                                    "family": family, "slice": date(2024, 1 + month, 1), "region": f"R{region}",
                                    "site_id": f"S{region}{site}", "tier": f"T{tier}", "people": size,
                                    "n1": n1, "n2": n2, "n3": n2 + size,
                                }
                            )  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def decided(golden_data: Path) -> list[tuple[Any, ...]]:
    """Cells of small organisations, each a family, as int_summary_cells decides on them."""
    compiled = golden_data / "build/target/compiled/rxladder/models/summary/int_summary_cells.sql"
    with duckdb.connect() as connection:
        people_at_work = small_organisations()
        connection.register("people_at_work", people_at_work)
        connection.execute("attach ':memory:' as build; create schema build.staging")
        connection.execute(f"create table build.staging.int_summary_counts as {LATTICE}")
        return connection.execute(
            "select family, if(period = 'unit', 'year', 'month'), starts_on, level, region, site_id, tier, people,"
            f" is_hidden, n1, n2, n3 from ({compiled.read_text(encoding='utf-8')})"
        ).fetchall()


def counts_of_small(rows: list[tuple[Any, ...]], is_primary_only: bool) -> dict[Count, float | None]:
    """Their counts; when only cells of few people are hidden, or as decided."""
    counts: dict[Count, float | None] = {}
    for family, *where, people, is_hidden, n1, n2, n3 in rows:
        hides = people in range(1, 5) if is_primary_only else is_hidden
        for name, value in (("n1", n1), ("n2", n2), ("n3", n3)):
            counts[Count(f"{family}.{name}", *where)] = None if hides else float(value or 0)
    return counts


def parts_of_small(counts: dict[Count, float | None]) -> list[tuple[str, str]]:
    """Which of their counts are part of which."""
    families = {count.name.rpartition(".")[0] for count in counts}
    return [
        (f"{family}.{small}", f"{family}.{large}")
        for family in families
        for small, large in pairwise(("n1", "n2", "n3"))
    ]


def test_no_hidden_count_of_small_organisations_follows(decided: list[tuple[Any, ...]]) -> None:
    counts = counts_of_small(decided, is_primary_only=False)
    shown = sum(value is not None for value in counts.values())
    assert 0.1 < shown / len(counts) < 0.9
    assert derivable(counts, parts_of_small(counts)) == []


def test_no_cell_of_few_people_is_shown(decided: list[tuple[Any, ...]]) -> None:
    assert [row for row in decided if row[7] in range(1, 5) and not row[8]] == []


def test_hiding_small_cells_alone_would_not_do(decided: list[tuple[Any, ...]]) -> None:
    """The attack finds what follows when no other cell is hidden than those of few people."""
    counts = counts_of_small([row for row in decided if int(row[0].split()[1]) < 20], is_primary_only=True)
    assert len(derivable(counts, parts_of_small(counts))) > 100
