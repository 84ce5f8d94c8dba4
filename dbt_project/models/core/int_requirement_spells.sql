-- Grain: an unbroken run of days on which a requirement asked of a tier spell was in force and met
-- (employee_key, spell_number, to_tier, requirement_id, effective_on, started_on).
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with asked as (
    select * from {{ ref('int_requirements_asked') }} where requirement_id is not null
),

credential_runs as (
    select
        counts_as,
        employee_key,
        standing_from_on,
        coalesce(standing_until_on, {{ end_of_time() }}) as standing_until_on,
        coalesce(
            standing_from_on > max(coalesce(standing_until_on, {{ end_of_time() }})) over (
                partition by employee_key, counts_as order by standing_from_on
                rows between unbounded preceding and 1 preceding
            ),
            true
        ) as is_start
    from {{ ref('int_held_credentials') }}
    where standing_from_on is not null and counts_as in (select target from asked where kind = 'credential')
),

numbered_credential_runs as (
    select
        *,
        sum(case when is_start then 1 else 0 end) over (
            partition by employee_key, counts_as order by standing_from_on
        ) as run_number
    from credential_runs
),

met as (
    select
        employee_key,
        'credential' as kind,
        counts_as as target,
        min(standing_from_on) as met_from,
        max(standing_until_on) as met_until
    from numbered_credential_runs
    group by employee_key, counts_as, run_number
    union all
    select employee_key, 'course', course_id, min(completed_on), {{ end_of_time() }}
    from {{ ref('fct_completions') }}
    where is_passed and course_id in (select target from asked where kind = 'course')
    group by employee_key, course_id
    union all
    select employee_key, 'skill', skill_id, started_on, coalesce(ended_on, {{ end_of_time() }})
    from {{ ref('int_skill_spells') }}
),

answers as (
    select asked.*, met.met_from, met.met_until
    from asked
    inner join met
        on asked.employee_key = met.employee_key and asked.kind = met.kind and asked.target = met.target
    union all
    select asked.*, spells.started_on, coalesce(spells.ended_on, {{ end_of_time() }})
    from asked
    inner join {{ ref('int_evaluation_spells') }} as spells
        on asked.employee_key = spells.employee_key
        and asked.kind = spells.kind
        and asked.target = spells.target
        and asked.threshold = spells.threshold
    union all
    select *, {{ add_months('time_in_tier_from', 'threshold') }}, {{ end_of_time() }}
    from asked
    where kind = 'months_in_tier' and threshold is not null
)

select
    employee_key,
    spell_number,
    to_tier,
    requirement_id,
    effective_on,
    greatest(in_force_from, met_from) as started_on,
    least(in_force_until, met_until) as ended_on
from answers
where met_from < in_force_until and met_until > in_force_from
