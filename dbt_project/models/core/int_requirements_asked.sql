-- Grain: a requirement of a tier that a tier spell could lead or did lead to, over the days of the spell on which it
-- was in force (employee_key, spell_number, to_tier, requirement_id, effective_on). A tier that asks for nothing has
-- one row without a requirement.
--
-- A promotion is judged on its first day in the new tier, so the days asked about go one day further then.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with spells as (
    select
        *,
        -- Time in the tier runs on through reclassifications, which nobody earned or lost anything by.
        last_value(case when start_reason != 'reclassified' then started_on end ignore nulls) over (
            partition by employee_key, employment_number order by spell_number
            rows between unbounded preceding and current row
        ) as time_in_tier_from
    from {{ ref('fct_tier_spells') }}
),

questions as (
    select
        spells.employee_key,
        spells.spell_number,
        spells.tier as from_tier,
        paths.to_tier,
        true as is_reachable,
        spells.time_in_tier_from,
        spells.started_on as asked_from,
        coalesce(spells.ended_on, {{ add_days(as_of_on(), 1) }}) as asked_until,
        spells.ended_on is null as is_open
    from spells
    inner join {{ ref('dim_tier_paths') }} as paths on spells.tier = paths.from_tier
    union all
    select
        employee_key,
        spell_number,
        tier as from_tier,
        next_tier as to_tier,
        false as is_reachable,
        time_in_tier_from,
        started_on as asked_from,
        {{ add_days('ended_on', 1) }} as asked_until,
        false as is_open
    from spells
    where end_reason = 'promoted'
),

distinct_questions as (
    select
        employee_key,
        spell_number,
        from_tier,
        to_tier,
        bool_or(is_reachable) as is_reachable,
        time_in_tier_from,
        asked_from,
        max(asked_until) as asked_until,
        is_open
    from questions
    group by employee_key, spell_number, from_tier, to_tier, time_in_tier_from, asked_from, is_open
),

requirements as (
    select
        *,
        coalesce(effective_on, {{ beginning_of_time() }}) as in_force_from,
        coalesce(retired_on, {{ end_of_time() }}) as in_force_until
    from {{ ref('dim_tier_requirements') }}
)

select
    questions.*,
    requirements.requirement_id,
    requirements.effective_on,
    requirements.kind,
    requirements.target,
    requirements.threshold,
    case
        when requirements.requirement_id is not null
            then greatest(questions.asked_from, requirements.in_force_from)
    end as in_force_from,
    case
        when requirements.requirement_id is not null
            then least(questions.asked_until, requirements.in_force_until)
    end as in_force_until
from distinct_questions as questions
left join requirements
    on questions.to_tier = requirements.to_tier
    and questions.asked_from < requirements.in_force_until
    and questions.asked_until > requirements.in_force_from
