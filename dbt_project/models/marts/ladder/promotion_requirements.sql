-- Grain: an active ladder employee, a reachable tier and a requirement of it in force
-- (employee_key, to_tier, requirement_id, effective_on), as of as_of_on.
with clock as (
    select as_of_on from {{ source('control', 'run') }}
),

asked as (
    select
        asked.*,
        kinds.has_data,
        clock.as_of_on,
        {{ whole_months_between('asked.time_in_tier_from', 'clock.as_of_on') }} as months_in_tier
    from {{ ref('int_requirements_asked') }} as asked
    inner join {{ ref('int_requirement_kinds') }} as kinds on asked.kind = kinds.kind
    cross join clock
    where
        asked.is_open
        and asked.is_reachable
        and asked.in_force_from <= clock.as_of_on
        and asked.in_force_until > clock.as_of_on
),

met as (
    select spells.employee_key, spells.spell_number, spells.to_tier, spells.requirement_id, spells.effective_on
    from {{ ref('int_requirement_spells') }} as spells
    cross join clock
    where spells.started_on <= clock.as_of_on and spells.ended_on > clock.as_of_on
),

-- Courses and skills being worked on, under the kind and target a requirement names them by.
in_progress as (
    select employee_key, 'course' as kind, course_id as target
    from {{ ref('fct_training_assignments') }}
    where status in ('open', 'overdue')
    union
    select assignments.employee_key, 'skill' as kind, courses.skill_id as target
    from {{ ref('fct_training_assignments') }} as assignments
    inner join {{ ref('dim_courses') }} as courses on assignments.course_id = courses.course_id
    where assignments.status in ('open', 'overdue')
),

suspended as (
    select spells.employee_key, spells.skill_id
    from {{ ref('int_skill_spells') }} as spells
    inner join {{ ref('dim_skills') }} as skills on spells.skill_id = skills.skill_id
    where skills.fail_suspends
    group by spells.employee_key, spells.skill_id
    having max_by(spells.failed_on is not null, spells.started_on)
),

once_held as (
    select distinct employee_key, counts_as
    from {{ ref('int_held_credentials') }}
    where standing_from_on is not null
),

facts as (
    select
        asked.*,
        case when asked.has_data then met.employee_key is not null end as is_met,
        coalesce(scores.value, case when asked.kind = 'months_in_tier' then asked.months_in_tier end) as value,
        suspended.employee_key is not null as is_suspended,
        in_progress.employee_key is not null as is_in_progress,
        once_held.employee_key is not null as was_held
    from asked
    left join met
        on asked.employee_key = met.employee_key
        and asked.spell_number = met.spell_number
        and asked.to_tier = met.to_tier
        and asked.requirement_id = met.requirement_id
        and asked.effective_on is not distinct from met.effective_on
    left join {{ ref('int_requirement_values') }} as scores
        on asked.employee_key = scores.employee_key
        and asked.kind = scores.kind
        and asked.target = scores.target
    left join in_progress
        on asked.employee_key = in_progress.employee_key
        and asked.kind = in_progress.kind
        and asked.target = in_progress.target
    left join suspended
        on asked.kind = 'skill'
        and asked.employee_key = suspended.employee_key
        and asked.target = suspended.skill_id
    left join once_held
        on asked.kind = 'credential'
        and asked.employee_key = once_held.employee_key
        and asked.target = once_held.counts_as
)

select
    employee_key,
    from_tier,
    to_tier,
    requirement_id,
    effective_on,
    kind,
    target,
    threshold,
    is_met,
    cast(value as double) as value,
    case
        when is_met then null
        when not has_data then 'no_data'
        when kind = 'months_in_tier' then 'time_in_tier'
        when kind = 'credential' and was_held then 'credential_lapsed'
        when kind = 'credential' then 'credential_missing'
        when kind in ('competency', 'evaluation_average') and value is null then 'not_evaluated'
        when kind in ('competency', 'evaluation_average') then 'below_standard'
        when is_suspended then 'skill_suspended'
        when is_in_progress then 'training_in_progress'
        else 'training_not_assigned'
    end as cause
from facts
