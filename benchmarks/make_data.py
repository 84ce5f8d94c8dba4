"""Makes the exports of a large organisation with DuckDB, in seconds.

python -m benchmarks.make_data FOLDER [--employees 100000] [--completions 5000000] [--delta 20000]
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import duckdb

SMALL_FEEDS = {
    "tiers": """select * from (values ('T1', 'Technician I', 'core', 1, true),
        ('T2', 'Technician II', 'core', 2, false),
        ('T3', 'Technician III', 'core', 3, false), ('L1', 'Lead', 'management', 4, false))
        t(tier, title, track, rank, is_entry)""",
    "tier_paths": "select * from (values ('T1', 'T2'), ('T2', 'T3'), ('T3', 'L1')) t(from_tier, to_tier)",
    "job_tiers": """select * from (values ('PT1', null::date, 'T1'), ('PT2', null, 'T2'), ('PT3', null, 'T3'),
        ('PTL', null, 'L1'), ('CASHIER', null, null)) t(job_code, effective_on, tier)""",
    "sites": """select 'S' || lpad(i::varchar, 3, '0') as site_id, 'Site ' || i as name, 'Region ' || i % 8 as region,
        (['OH', 'TX', 'CA', 'IL'])[1 + i % 4] as state, 'community' as site_type, date '2010-01-01' as opened_on
        from range(400) t(i)""",
    "courses": """select 'C' || lpad(i::varchar, 3, '0') as course_id, 'Course ' || i as title,
        (['certification_prep', 'clinical', 'management', 'cross_training', 'continuing_education', 'compliance'])
        [1 + i % 6] as category, 4 as duration_hours, 50 as seat_cost from range(200) t(i)""",
}

# Five events a person: hired in tier I, moved up or across three times, then perhaps gone.
JOB_HISTORY = """
with people as (
    select i, lpad(i::varchar, 6, '0') as employee_id,
        date '2015-01-01' + (hash(i) % 3200)::int as hired_on
    from range({employees}) t(i)
), events as (
    select i, employee_id, k,
        hired_on + (k * 200 + (case when k > 0 then hash(i * 7 + k) % 190 else 0 end))::int as effective_on
    from people cross join range(5) t(k)
)
select employee_id, effective_on, 0 as sequence,
    case when k = 0 then 'hire' when k = 4 and hash(i * 3) % 10 < 5 then 'termination' else 'job_change' end as event,
    case when k = 0 then 'PT1'
        when k in (1, 2, 3) and hash(i + k) % 3 = 0
        then (['PT1', 'PT2', 'PT3', 'PTL'])[k + 1] end as job_code,
    case when k = 0 or hash(i * 5 + k) % 9 = 0
        then 'S' || lpad((hash(i * 11 + k) % 400)::varchar, 3, '0') end as site_id,
    lpad((hash(i * 13) % {employees})::varchar, 6, '0') as manager_id,
    case when k = 0
        then (['full_time', 'full_time', 'part_time', 'per_diem'])[1 + (hash(i) % 4)::int] end as employment_class,
    1.0 as fte, round(18 + k * 1.5 + hash(i) % 100 / 50.0, 2) as hourly_rate,
    case when k = 4 and hash(i * 3) % 10 < 5 then (['voluntary', 'involuntary'])[1 + (hash(i) % 4 = 0)::int] end
        as separation_type,
    case when k = 4 and hash(i * 3) % 10 < 5 then 'pay' end as reason
from events order by employee_id, effective_on
"""

EMPLOYEES = """select lpad(i::varchar, 6, '0') as employee_id, 'Person ' || i as full_name,
    'p' || i || '@example.org' as work_email from range({employees}) t(i)"""

ASSIGNMENTS = """select 'a' || i as assignment_id, lpad((hash(i) % {employees})::varchar, 6, '0') as employee_id,
    'C' || lpad((hash(i * 3) % 200)::varchar, 3, '0') as course_id,
    date '2016-01-01' + (hash(i * 5) % 3400)::int as assigned_on, assigned_on + 30 as due_on,
    hash(i) % 10 < 8 as is_required, null::date as waived_on from range({completions}) t(i)"""

COMPLETIONS = """select 'k' || i as completion_id, lpad((hash(j) % {employees})::varchar, 6, '0') as employee_id,
    'C' || lpad((hash(j * 3) % 200)::varchar, 3, '0') as course_id,
    date '2016-01-01' + (hash(j * 5) % 3400)::int + (hash(i * 17) % 45)::int as completed_on,
    60 + hash(i) % 40 as score, hash(i) % 20 > 0 as passed, 4 as hours
    from (select i, i % {completions} as j from range({first}, {last}) t(i))"""


def make(folder: Path, employees: int, completions: int, more_feeds: Mapping[str, str] | None = None) -> None:
    """Write the exports as CSV into `folder`, one file a feed; `more_feeds` are queries of others, or other ones."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = {"employees": employees, "completions": completions, "first": 0, "last": completions}
    feeds = SMALL_FEEDS | {
        "employees": EMPLOYEES, "job_history": JOB_HISTORY, "assignments": ASSIGNMENTS, "completions": COMPLETIONS,
    } | dict(more_feeds or {})  # fmt: skip
    for feed, query in feeds.items():
        _write(folder / f"{feed}.csv", query.format(**sizes))


def make_delta(folder: Path, employees: int, completions: int, rows: int) -> None:
    """Write one more file with `rows` new completions of the same organisation."""
    sizes = {"employees": employees, "completions": completions, "first": completions, "last": completions + rows}
    _write(folder / "completions_2.csv", COMPLETIONS.format(**sizes))


def _write(file: Path, query: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"copy ({query}) to '{file}' (header)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--employees", type=int, default=100_000)
    parser.add_argument("--completions", type=int, default=5_000_000)
    parser.add_argument("--delta", type=int, default=0, help="write only a further file with that many completions")
    given = parser.parse_args()
    if given.delta:
        make_delta(given.folder, given.employees, given.completions, given.delta)
    else:
        make(given.folder, given.employees, given.completions)
