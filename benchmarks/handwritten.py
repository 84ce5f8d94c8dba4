"""The yardstick: what a plain hand-written DuckDB script needs for the same files, Parquet, core tables and file.

python -m benchmarks.handwritten EXPORTS TARGET AS_OF

It trusts its input: no checks, no quarantine, no history of batches, no marts. What it publishes is row for row what a
sync publishes of these tables, but for the way keys are made; `benchmarks.agreement` tells.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import duckdb

TYPES = {
    "employees": "employee_id varchar, full_name varchar, work_email varchar",
    "job_history": """employee_id varchar, effective_on date, sequence integer, event varchar, job_code varchar,
        site_id varchar, manager_id varchar, employment_class varchar, fte double, hourly_rate decimal(18,4),
        separation_type varchar, reason varchar""",
    "assignments": """assignment_id varchar, employee_id varchar, course_id varchar, assigned_on date, due_on date,
        is_required boolean, waived_on date""",
    "completions": """completion_id varchar, employee_id varchar, course_id varchar, completed_on date, score double,
        passed boolean, hours double""",
    "sites": "site_id varchar, name varchar, region varchar, state varchar, site_type varchar, opened_on date",
    "tiers": "tier varchar, title varchar, track varchar, rank integer, is_entry boolean",
    "tier_paths": "from_tier varchar, to_tier varchar",
    "job_tiers": "job_code varchar, effective_on date, tier varchar",
    "courses": """course_id varchar, title varchar, category varchar, duration_hours double, seat_cost decimal(18,4)""",
}
ADDED = "false as is_deleted, 'exports' as source, 1::bigint as batch_seq"  # as landed rows have them

CORE = """
create table keys as select employee_id, substr(sha256('salt' || employee_id), 1, 16) as employee_key from employees;

create table dim_sites as
select site_id, name, region, state, site_type, opened_on, null::date as closed_on, null::date as program_started_on
from sites;
create table dim_tiers as select tier, title, track, rank, is_entry from tiers;
create table dim_courses as
select course_id, title, category, null::varchar as skill_id, duration_hours, seat_cost as seat_cost_usd from courses;

create table events as
with marked as (
    select *, case when event in ('hire', 'rehire') then 1 when event = 'termination' then 0 end as mark,
        row_number() over person as place
    from job_history where effective_on <= $as_of
    window person as (partition by employee_id order by effective_on, sequence)
), stated as (
    select *, last_value(mark ignore nulls) over (partition by employee_id order by place
        rows between unbounded preceding and 1 preceding) as was_employed
    from marked
)
select *, sum((mark = 1 and coalesce(was_employed, 0) = 0)::int) over (partition by employee_id order by place)::integer
    as employment_number
from stated where coalesce(was_employed, 0) = 1 or mark = 1;

create table fct_employments as
select employee_key, employment_number, min(effective_on) as started_on,
    (max(effective_on) filter (event = 'termination') + 1)::date as ended_on,
    min(event) filter (event in ('hire', 'rehire')) as start_event,
    max(separation_type) filter (event = 'termination') as separation_type,
    case when max(reason) filter (event = 'termination') is not null then 'other' end as separation_reason
from events join keys using (employee_id) group by all;

create table fct_job_spells as
with carried as (
    select employee_id, employment_number, place, effective_on, event,
        last_value(job_code ignore nulls) over so_far as job_code,
        last_value(site_id ignore nulls) over so_far as site_id,
        last_value(manager_id ignore nulls) over so_far as manager_id,
        coalesce(last_value(employment_class ignore nulls) over so_far, 'unknown') as employment_class,
        last_value(fte ignore nulls) over so_far as fte,
        coalesce(last_value(case event when 'leave_start' then true when 'leave_end' then false end ignore nulls)
            over so_far, false) as is_on_leave
    from events window so_far as (partition by employee_id, employment_number order by place)
), days as (
    select * from carried
    qualify row_number() over (partition by employee_id, employment_number, effective_on order by place desc) = 1
), tiered as (
    select d.*, t.tier from days d left join job_tiers t using (job_code)
), changes as (
    select * from tiered
    qualify (job_code, tier, site_id, manager_id, employment_class, fte, is_on_leave) is distinct from
        lag((job_code, tier, site_id, manager_id, employment_class, fte, is_on_leave))
        over (partition by employee_id, employment_number order by effective_on)
)
select k.employee_key, c.employment_number, c.effective_on as started_on,
    coalesce(lead(c.effective_on) over (partition by c.employee_id, c.employment_number order by c.effective_on),
        e.ended_on) as ended_on,
    c.job_code, c.tier, c.site_id, m.employee_key as manager_key, c.employment_class, c.fte, c.is_on_leave
from changes c join keys k using (employee_id) join fct_employments e using (employee_key, employment_number)
left join keys m on m.employee_id = c.manager_id;

create table fct_tier_spells as
with runs as (
    select *, sum((tier is distinct from before)::int) over person as run from (
        select *, lag(tier) over person as before from fct_job_spells
        window person as (partition by employee_key, employment_number order by started_on)
    ) window person as (partition by employee_key, employment_number order by started_on)
), spells as (
    select employee_key, employment_number, run, any_value(tier) as tier, min(started_on) as started_on,
        case when count(*) = count(ended_on) then max(ended_on) end as ended_on
    from runs where tier is not null group by all
)
select s.employee_key, s.employment_number,
    row_number() over (partition by s.employee_key order by s.started_on)::integer as spell_number,
    s.tier, s.started_on, s.ended_on, coalesce(s.ended_on, $as_of + 1) - s.started_on as days,
    case when s.preceding is null then case e.start_event when 'hire' then 'hired' else 'rehired' end
        when t.rank > p.rank then 'promoted' else 'demoted' end as start_reason,
    case when s.ended_on is null then 'open' when s.following is null then 'separated_' || e.separation_type
        when n.rank > t.rank then 'promoted' else 'demoted' end as end_reason,
    s.following as next_tier
from (select *, lead(tier) over employment as following, lag(tier) over employment as preceding from spells
    window employment as (partition by employee_key, employment_number order by started_on)) s
join fct_employments e using (employee_key, employment_number)
left join tiers t on t.tier = s.tier left join tiers n on n.tier = s.following
left join tiers p on p.tier = s.preceding;

create table fct_promotions as
select a.employee_key, a.ended_on as promoted_on, a.tier as from_tier, a.next_tier as to_tier,
    f.site_id as from_site_id, t.site_id as to_site_id, a.days as days_in_from_tier
from fct_tier_spells a
join fct_job_spells f on f.employee_key = a.employee_key and f.ended_on = a.ended_on
join fct_job_spells t on t.employee_key = a.employee_key and t.started_on = a.ended_on
where a.end_reason = 'promoted';

create table fct_separations as
select e.employee_key, (e.ended_on - 1)::date as last_day_on, e.separation_type, e.separation_reason, j.tier, j.site_id,
    j.employment_class, e.ended_on - e.started_on as tenure_days
from fct_employments e join fct_job_spells j using (employee_key, employment_number, ended_on);

create table dim_employees as
select k.employee_key, f.started_on as first_hired_on, j.employee_key is not null as is_active, j.tier, t.track,
    j.site_id, j.manager_key, j.employment_class, ($as_of - c.started_on + 1)::bigint as tenure_days
from keys k
left join fct_employments f on f.employee_key = k.employee_key and f.employment_number = 1
left join fct_employments c on c.employee_key = k.employee_key and c.ended_on is null
left join fct_job_spells j on j.employee_key = k.employee_key and j.ended_on is null
left join tiers t on t.tier = j.tier;

create table fct_completions as
select k.employee_key, c.course_id, c.completed_on, c.score, coalesce(c.passed, true) as is_passed, c.hours
from completions c join keys k using (employee_id) where c.completed_on <= $as_of;

create table fct_training_assignments as
with done as (
    select a.assignment_id, min(c.completed_on) as completed_on
    from assignments a join completions c using (employee_id, course_id)
    where coalesce(c.passed, true) and c.completed_on between a.assigned_on and $as_of group by all
), at_site as (
    select employee_key, site_id, ended_on, lag(ended_on, 1, date '0001-01-01') over person as answers_from
    from fct_job_spells where site_id is not null window person as (partition by employee_key order by started_on)
), facts as (
    select k.employee_key, a.*, co.category, d.completed_on,
        case when a.assigned_on < coalesce(s.ended_on, date '9999-12-31') then s.site_id end as site_id,
        e.employee_key is not null as is_employed,
        coalesce(a.waived_on <= $as_of and a.waived_on <= coalesce(a.due_on, a.waived_on), false) as is_waived
    from assignments a join keys k using (employee_id) left join done d using (assignment_id)
    left join courses co using (course_id)
    asof left join at_site s on s.employee_key = k.employee_key and s.answers_from <= a.assigned_on
    left join fct_employments e on e.employee_key = k.employee_key
        and coalesce(least(a.due_on, $as_of), $as_of) >= e.started_on
        and coalesce(least(a.due_on, $as_of), $as_of) < coalesce(e.ended_on, date '9999-12-31')
    where a.assigned_on <= $as_of
)
select employee_key, course_id, category, site_id, assigned_on, due_on, due_on as first_due_on, completed_on,
    is_required, case when completed_on <= coalesce(due_on, completed_on) then 'completed_on_time'
        when completed_on is not null then 'completed_late' when is_waived then 'waived'
        when not is_employed then 'excused' when due_on <= $as_of then 'overdue' else 'open' end as status,
    is_required and coalesce(due_on <= $as_of, false) and not is_waived and is_employed as is_counted
from facts;
"""

PUBLISHED = (
    "dim_employees", "dim_sites", "dim_tiers", "dim_courses", "fct_employments", "fct_job_spells", "fct_tier_spells",
    "fct_promotions", "fct_separations", "fct_completions", "fct_training_assignments",
)  # fmt: skip


def main(exports: Path, target: Path, as_of: str) -> None:
    """Read every export, write Parquet, build the core tables and publish them as one DuckDB file."""
    (target / "parquet").mkdir(parents=True)
    with duckdb.connect(str(target / "build.duckdb")) as connection:
        connection.execute("set preserve_insertion_order = false; set threads = 2; set memory_limit = '2GB'")
        for feed, columns in TYPES.items():
            pairs = [column.split() for column in re.split(r",\s+", columns)]
            typed = ", ".join(f"'{name}': '{kind}'" for name, kind in pairs)
            parquet = target / "parquet" / f"{feed}.parquet"
            connection.execute(
                f"copy (select *, {ADDED} from read_csv('{exports / feed}.csv', header = true, columns = {{{typed}}}))"
                f" to '{parquet}'"
            )
            connection.execute(f"create view {feed} as from '{parquet}'")
        for statement in CORE.replace("$as_of", f"date '{as_of}'").split(";"):
            if statement.strip():
                connection.execute(statement)
        connection.execute(f"attach '{target / 'metrics.duckdb'}' as metrics (storage_version 'v1.0.0')")
        for table in PUBLISHED:
            connection.execute(f"create table metrics.{table} as from build.{table}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
