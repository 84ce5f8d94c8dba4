-- Grain: an active ladder employee and a skill (employee_key, skill_id), as of the last day of which the learning
-- systems have told.
with clock as (
    select {{ covered_through(['completions']) }} as as_of_on
),

employees as (
    select employee_key, tier, site_id from {{ ref('dim_employees') }}
    where is_active and tier is not null
),

last_spells as (
    select *
    from {{ ref('int_skill_spells') }}
    qualify row_number() over (partition by employee_key, skill_id order by started_on desc) = 1
),

in_progress as (
    select distinct assignments.employee_key, courses.skill_id
    from {{ ref('fct_training_assignments') }} as assignments
    inner join {{ ref('dim_courses') }} as courses on assignments.course_id = courses.course_id
    where assignments.status in ('open', 'overdue')
),

steps as (
    select from_tier, to_tier from {{ ref('dim_tier_paths') }}
    union
    select tier as from_tier, tier as to_tier from {{ ref('dim_tiers') }}
),

needed as (
    select distinct steps.from_tier as tier, requirements.target as skill_id
    from steps
    inner join {{ ref('dim_tier_requirements') }} as requirements on steps.to_tier = requirements.to_tier
    cross join clock
    where
        requirements.kind = 'skill'
        and coalesce(requirements.effective_on, clock.as_of_on) <= clock.as_of_on
        and clock.as_of_on < coalesce(requirements.retired_on, {{ end_of_time() }})
),

-- Without a completions feed nobody knows who is qualified.
feeds as (
    select count(*) > 0 as has_completions from {{ ref('fct_completions') }}
),

facts as (
    select
        employees.*,
        skills.skill_id,
        skills.fail_suspends,
        clock.as_of_on,
        feeds.has_completions,
        last_spells.qualified_on,
        last_spells.failed_on,
        {{ add_months('last_spells.qualified_on', 'skills.requalify_months') }} as expires_on,
        in_progress.employee_key is not null as is_in_progress,
        needed.tier is not null as is_required
    from employees
    cross join {{ ref('dim_skills') }} as skills
    cross join clock
    cross join feeds
    left join last_spells
        on employees.employee_key = last_spells.employee_key and skills.skill_id = last_spells.skill_id
    left join in_progress
        on employees.employee_key = in_progress.employee_key and skills.skill_id = in_progress.skill_id
    left join needed on employees.tier = needed.tier and skills.skill_id = needed.skill_id
)

select
    employee_key,
    skill_id,
    site_id,
    case
        when not has_completions then null
        when fail_suspends and failed_on is not null then 'suspended'
        when expires_on > as_of_on and expires_on <= {{ add_days('as_of_on', 60) }} then 'expiring'
        when qualified_on is not null and coalesce(expires_on > as_of_on, true) then 'current'
        when is_in_progress then 'in_progress'
        when qualified_on is not null then 'expired'
        else 'missing'
    end as status,
    qualified_on,
    expires_on,
    is_required
from facts
