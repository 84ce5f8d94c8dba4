"""Speed and size of the readiness chain: 100,000 people, 5 million evaluations and 5 million completions.

python -m benchmarks.readiness [--folder FOLDER] [--employees 100000] [--events 5000000]

A sync lands and stages everything; then the models from evaluations and credentials to the readiness marts are made
anew from the staged rows, in a process of their own that is measured. `python -m benchmarks.sync` puts the result in
its table.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

import duckdb

from benchmarks import make_data
from benchmarks.measuring import Measured, measure, sync

CHAIN = (
    "fct_evaluations", "fct_credentials", "int_held_credentials", "int_skill_spells", "int_requirement_kinds",
    "int_requirements_asked", "int_evaluation_spells", "int_requirement_spells", "fct_readiness_spells",
    "promotion_requirements", "promotion_readiness", "readiness_by_month", "promotion_delays",
)  # fmt: skip

FEEDS = {
    "skills": "select 'K' || i as skill_id, 'Skill ' || i as name, 12 as requalify_months from range(10) t(i)",
    # Every twentieth course qualifies for a skill.
    "courses": """select 'C' || lpad(i::varchar, 3, '0') as course_id, 'Course ' || i as title, 'clinical' as category,
        case when i % 20 = 3 then 'K' || i // 20 end as skill_id from range(200) t(i)""",
    "competencies": "select 'M' || i as competency_id, 'Competency ' || i as name from range(20) t(i)",
    # The higher the tier, the more it asks for; the last asks for one of everything that comes with millions of rows.
    "tier_requirements": """select tier, kind || '_' || target as requirement_id, kind, target, threshold
        from (values ('T2', 1), ('T3', 2), ('L1', 3)) tiers(tier, place)
        join (values (1, 'course', 'C010', null), (1, 'competency', 'M1', 2), (2, 'competency', 'M2', 3),
            (2, 'evaluation_average', '12', 2.5), (3, 'evaluation_average', '24', 3), (3, 'skill', 'K1', null)
        ) asked(from_place, kind, target, threshold) on place >= from_place""",
    "evaluations": """select 'e' || i as evaluation_id, lpad((hash(i) % {employees})::varchar, 6, '0') as employee_id,
        date '2016-01-01' + (hash(i * 5) % 3400)::int as evaluated_on, 'M' || hash(i * 3) % 20 as competency_id,
        1 + hash(i * 7) % 9 / 2 as score from range({completions}) t(i)""",
}  # fmt: skip


def measured(folder: Path, employees: int, events: int) -> Measured:
    """Make the organisation in `folder`, sync it, and measure the readiness chain alone (dbt's start included)."""
    exports, data = folder / "exports", folder / "data"
    make_data.make(exports, employees, events, FEEDS)
    (exports / "assignments.csv").unlink()
    done = sync(exports, data)
    if done.code:
        raise SystemExit(f"the sync ended with {done.code}:\n{done.output}")
    return measure([sys.executable, "-m", "benchmarks.readiness", "--chain", data / "build"])


def make_chain(build: Path) -> None:
    """Make the chain's models anew from what is staged, in the build folder of a finished sync."""
    from pipelines.warehouse import dbt

    for name in ("build", "metrics"):
        with duckdb.connect(str(build / f"{name}.duckdb")) as connection:
            tables = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
            for schema, table in tables:
                if table in CHAIN:
                    connection.execute(f"drop table {schema}.{table}")
    dbt.run(build, CHAIN)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="where to work (default: a temporary folder)")
    parser.add_argument("--employees", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--chain", type=Path, help="only make the chain anew in this build folder")
    given = parser.parse_args()
    if given.chain:
        make_chain(given.chain)
    else:
        place = given.folder or Path(tempfile.mkdtemp(prefix="rxladder-bench-"))
        try:
            result = measured(place, given.employees, given.events)
        finally:
            if given.folder is None:
                shutil.rmtree(place)
        print(f"readiness chain: {result.summary()}; load {os.getloadavg()[0]:.1f}; exit {result.code}")
