-- Grain: an employment that ended by as_of_on (employee_key, last_day_on).
with readiness as (
    -- Ready for some tier reachable from the one held; unknown when none of them asks for anything.
    select spells.employee_key, spells.ended_on, bool_or(readiness.is_ready) as was_ready
    from {{ ref('fct_tier_spells') }} as spells
    inner join {{ ref('fct_readiness_spells') }} as readiness
        on spells.employee_key = readiness.employee_key
        and spells.spell_number = readiness.spell_number
        and spells.ended_on = readiness.ended_on
    where spells.end_reason not in ('promoted', 'open') and readiness.is_reachable
    group by spells.employee_key, spells.ended_on
)

select
    employments.employee_key,
    {{ add_days('employments.ended_on', -1) }} as last_day_on,
    employments.separation_type,
    employments.separation_reason,
    last_spells.tier,
    last_spells.site_id,
    last_spells.employment_class,
    case
        when employments.start_event != 'unknown'
            then {{ days_between('employments.started_on', 'employments.ended_on') }}
    end as tenure_days,
    readiness.was_ready
from {{ ref('fct_employments') }} as employments
inner join {{ ref('fct_job_spells') }} as last_spells
    on employments.employee_key = last_spells.employee_key
    and employments.employment_number = last_spells.employment_number
    and employments.ended_on = last_spells.ended_on
left join readiness
    on employments.employee_key = readiness.employee_key and employments.ended_on = readiness.ended_on
