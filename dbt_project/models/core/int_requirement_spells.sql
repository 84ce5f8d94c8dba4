-- Grain: an unbroken run of days on which a requirement asked of a tier spell was in force and met
-- (employee_key, spell_number, to_tier, requirement_id, effective_on, started_on).
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with asked as (
    select * from {{ ref('int_requirements_asked') }}
    where requirement_id is not null
),

targets as (
    select distinct kind, target from asked
),

credential_runs as (
    select
        held.employee_key,
        held.counts_as,
        held.standing_from_on,
        coalesce(held.standing_until_on, {{ end_of_time() }}) as standing_until_on,
        coalesce(
            held.standing_from_on > max(coalesce(held.standing_until_on, {{ end_of_time() }})) over (
                partition by held.employee_key, held.counts_as order by held.standing_from_on
                rows between unbounded preceding and 1 preceding
            ),
            true
        ) as is_start
    from {{ ref('int_held_credentials') }} as held
    inner join targets on held.counts_as = targets.target
    where targets.kind = 'credential' and held.standing_from_on is not null
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
    select
        completions.employee_key,
        'course' as kind,
        completions.course_id as target,
        min(completions.completed_on) as met_from,
        {{ end_of_time() }} as met_until
    from {{ ref('fct_completions') }} as completions
    -- Not a join: DuckDB would group all completions before it, those of courses that nobody asks for too.
    where
        completions.is_passed
        and completions.course_id in (
            select targets.target from targets
            where targets.kind = 'course'
        )
    group by completions.employee_key, completions.course_id
    union all
    select
        employee_key,
        'skill' as kind,
        skill_id as target,
        started_on as met_from,
        coalesce(ended_on, {{ end_of_time() }}) as met_until
    from {{ ref('int_skill_spells') }}
),

answers as (
    select asked.*, met.met_from, met.met_until
    from asked
    inner join met
        on asked.employee_key = met.employee_key and asked.kind = met.kind and asked.target = met.target
    union all
    select asked.*, spells.started_on as met_from, coalesce(spells.ended_on, {{ end_of_time() }}) as met_until
    from asked
    inner join {{ ref('int_evaluation_spells') }} as spells
        on asked.employee_key = spells.employee_key
        and asked.kind = spells.kind
        and asked.target = spells.target
        and asked.threshold = spells.threshold
    union all
    select *, {{ add_months('time_in_tier_from', 'threshold') }} as met_from, {{ end_of_time() }} as met_until
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
