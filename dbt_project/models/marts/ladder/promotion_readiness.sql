-- Grain: an active ladder employee and a tier reachable from theirs (employee_key, to_tier), as of as_of_on.
with current_spells as (
    select employee_key, spell_number from {{ ref('fct_tier_spells') }}
    where ended_on is null
),

spells as (
    select
        readiness.*,
        coalesce(readiness.ended_on, {{ add_days(as_of_on(), 1) }}) as until_on
    from {{ ref('fct_readiness_spells') }} as readiness
    inner join current_spells
        on readiness.employee_key = current_spells.employee_key
        and readiness.spell_number = current_spells.spell_number
    where readiness.is_reachable
),

histories as (
    select
        employee_key,
        to_tier,
        min(case when is_ready then started_on end) as first_ready_on,
        sum(case when is_ready then {{ days_between('started_on', 'until_on') }} else 0 end) as total_ready_days
    from spells
    group by employee_key, to_tier
)

select
    spells.employee_key,
    spells.from_tier,
    spells.to_tier,
    employees.site_id,
    spells.requirements_met,
    spells.requirements_total,
    spells.is_ready,
    spells.ready_on,
    {{ days_between('spells.ready_on', as_of_on()) }} as days_waiting,
    case when spells.is_ready is not null then histories.first_ready_on end as first_ready_on,
    case when spells.is_ready is not null then cast(histories.total_ready_days as integer) end as total_ready_days
from spells
inner join histories
    on spells.employee_key = histories.employee_key and spells.to_tier = histories.to_tier
inner join {{ ref('dim_employees') }} as employees on spells.employee_key = employees.employee_key
where spells.ended_on is null
