-- Grain: an unbroken run of days on which a person's scores met a standard of some requirement
-- (employee_key, kind, target, threshold, started_on); ended_on is null when nothing ended it.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with standards as (
    select distinct employee_key, kind, target, threshold
    from {{ ref('int_requirements_asked') }}
    where kind in ('competency', 'evaluation_average')
),

-- A competency goes by its latest score; of one day, by the one that counts.
latest_scores as (
    select
        evaluations.employee_key,
        standards.kind,
        standards.target,
        standards.threshold,
        evaluations.evaluated_on as from_on,
        coalesce(evaluations.score >= standards.threshold, false) as is_met
    from {{ ref('fct_evaluations') }} as evaluations
    inner join standards
        on evaluations.employee_key = standards.employee_key and evaluations.competency_id = standards.target
    where standards.kind = 'competency' and evaluations.is_last_of_day
),

-- A score enters the moving mean on its day and leaves it on the first day that, so many months back, reaches it.
-- When the month reached is too short for the day of the month, that is the day after its end.
score_windows as (
    select
        evaluations.employee_key,
        evaluations.evaluated_on,
        standards.target,
        standards.threshold,
        cast(evaluations.score as decimal(18, 4)) as score,
        {{ add_months('evaluations.evaluated_on', 'try_cast(standards.target as integer)') }} as months_later_on
    from {{ ref('fct_evaluations') }} as evaluations
    inner join standards on evaluations.employee_key = standards.employee_key
    where standards.kind = 'evaluation_average' and try_cast(standards.target as integer) > 0
),

score_changes as (
    select employee_key, target, threshold, evaluated_on as from_on, score, 1 as score_count
    from score_windows
    union all
    select
        employee_key,
        target,
        threshold,
        {{ add_days('months_later_on', 'case when day(months_later_on) < day(evaluated_on) then 1 else 0 end') }}
            as from_on,
        -score as score,
        -1 as score_count
    from score_windows
),

daily_changes as (
    select employee_key, target, threshold, from_on, sum(score) as score, sum(score_count) as score_count
    from score_changes
    group by employee_key, target, threshold, from_on
),

sums as (
    select
        employee_key,
        target,
        threshold,
        from_on,
        sum(score) over so_far as score,
        sum(score_count) over so_far as score_count
    from daily_changes
    window so_far as (
        partition by employee_key, target, threshold order by from_on rows unbounded preceding
    )
),

moving_means as (
    select
        employee_key,
        'evaluation_average' as kind,
        target,
        threshold,
        from_on,
        coalesce(score_count > 0 and score >= cast(threshold as decimal(18, 4)) * score_count, false) as is_met
    from sums
),

states as (
    select * from latest_scores
    union all
    select * from moving_means
),

switches as (
    select *
    from states
    qualify is_met is distinct from lag(is_met) over (
            partition by employee_key, kind, target, threshold order by from_on
        )
),

spells as (
    select
        *,
        lead(from_on) over (partition by employee_key, kind, target, threshold order by from_on) as until_on
    from switches
)

select employee_key, kind, target, threshold, from_on as started_on, until_on as ended_on
from spells
where is_met
