"""Promotions happen only when the next tier's requirements are met, read from the feeds as an outsider would."""

from __future__ import annotations

import duckdb

PROMOTIONS = """
    create or replace temp table promotions as
    with jobs as (
        select
            employee_id, effective_on, reason, job_code,
            lag(job_code ignore nulls) over history as job_before,
            count(case when event in ('hire', 'rehire') then 1 end) over history as employment
        from job_history window history as (partition by employee_id order by effective_on, sequence)
    ),
    tiered as (
        select
            jobs.*, (
                select arg_max(tier, coalesce(t.effective_on, date '0001-01-01')) from job_tiers t
                where t.job_code = jobs.job_code and coalesce(t.effective_on, date '0001-01-01') <= jobs.effective_on
            ) as tier
        from jobs where job_code is not null
    ),
    spells as (
        select *, lag(tier) over (partition by employee_id, employment order by effective_on) as tier_before
        from tiered
    )
    select
        p.employee_id, p.effective_on as promoted_on, p.tier as to_tier, (
            select min(s.effective_on) from spells s
            where s.employee_id = p.employee_id and s.employment = p.employment and s.tier = p.tier_before
                and s.effective_on < p.effective_on
        ) as in_tier_since
    from spells p
    where p.reason = 'Promotion'
"""
MET = """
    select p.*, r.kind, r.target,
        case r.kind
            when 'credential' then exists (
                select 1 from credentials c join credential_types t using (credential_code)
                where c.employee_id = p.employee_id and (c.credential_code = r.target or t.satisfies = r.target)
                    and p.promoted_on between c.issued_on and c.expires_on)
            when 'course' then exists (
                select 1 from completions c
                where c.employee_id = p.employee_id and c.course_id = r.target and c.passed
                    and c.completed_on <= p.promoted_on)
            when 'skill' then (
                select coalesce(max(case when c.passed then c.completed_on end)
                        + to_months(any_value(s.requalify_months)::integer) > p.promoted_on,
                    any_value(s.requalify_months) is null and count(*) filter (c.passed) > 0)
                    and (not any_value(s.fail_suspends) or not coalesce(
                        max(case when not c.passed then c.completed_on end)
                        > max(case when c.passed then c.completed_on end), false))
                from completions c join courses k using (course_id) join skills s using (skill_id)
                where c.employee_id = p.employee_id and s.skill_id = r.target and c.completed_on <= p.promoted_on)
            when 'competency' then (
                select max_by(e.score, (e.evaluated_on, e.evaluation_id)) >= r.threshold from evaluations e
                where e.employee_id = p.employee_id and e.competency_id = r.target and e.evaluated_on <= p.promoted_on)
            when 'evaluation_average' then (
                select avg(e.score) >= r.threshold from evaluations e
                where e.employee_id = p.employee_id and e.evaluated_on <= p.promoted_on
                    and e.evaluated_on > p.promoted_on - to_months(try_cast(r.target as integer)))
            when 'months_in_tier' then p.promoted_on >= p.in_tier_since + to_months(try_cast(r.threshold as integer))
        end as is_met
    from promotions p
    join tier_requirements r on r.tier = p.to_tier and coalesce(r.effective_on <= p.promoted_on, true)
"""


def test_every_promotion_meets_every_requirement_in_force(feeds: duckdb.DuckDBPyConnection) -> None:
    feeds.execute(PROMOTIONS)
    feeds.execute(f"create or replace temp table met as {MET}")
    kinds, asked, unmet = feeds.sql(
        "select count(distinct kind), count(*), count(*) filter (is_met is not true) from met"
    ).fetchall()[0]
    assert kinds == 6
    assert asked > 500
    assert unmet == 0, feeds.sql("select * from met where is_met is not true").fetchall()[:5]


def test_promotions_wait(feeds: duckdb.DuckDBPyConnection) -> None:
    """Some who could be promoted into T2 wait for months."""
    feeds.execute(PROMOTIONS)
    waited = feeds.sql("""
        select quantile_cont(promoted_on - (in_tier_since + to_months(6))::date, 0.9)
        from promotions where to_tier = 'T2' and in_tier_since > date '2022-11-01'
    """).fetchall()[0][0]
    assert waited > 90
