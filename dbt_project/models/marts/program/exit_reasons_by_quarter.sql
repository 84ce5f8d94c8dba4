-- Grain: quarter x reason that leavers gave in exit interviews (quarter, reason); the quarter is that of the last day,
-- or of the interview when no separation belongs to it. A quarter in which people left and nobody was interviewed has
-- one row without a reason, so that its response rate of 0 can be seen; without any interview at all there is no row.
with interviews as (
    select *, {{ quarter_of('coalesce(last_day_on, interviewed_on)') }} as quarter
    from {{ ref('int_exit_interviews') }}
),

separations as (
    select {{ quarter_of('last_day_on') }} as quarter, count(*) as separations
    from {{ ref('fct_separations') }}
    group by {{ quarter_of('last_day_on') }}
),

totals as (
    select
        quarter,
        count(*) as interviews_of_quarter,
        count(distinct case when last_day_on is not null then employee_key || cast(last_day_on as varchar) end)
            as separations_interviewed
    from interviews
    group by quarter
),

reasons as (
    select
        quarter,
        reason,
        count(*) as interviews,
        -- Agreement can be judged only where HR gave a reason.
        count(is_agreeing) as with_hr_reason,
        count(case when is_agreeing then 1 end) as agreeing,
        avg(growth_visibility) as mean_growth_visibility
    from interviews
    group by quarter, reason
    union all
    select quarter, null as reason, 0 as interviews, 0 as with_hr_reason, 0 as agreeing, null as mean_growth_visibility
    from separations
    where quarter not in (select totals.quarter from totals) and exists (select 1 from interviews)
)

select
    reasons.quarter,
    reasons.reason,
    reasons.interviews,
    coalesce(totals.interviews_of_quarter, 0) as interviews_of_quarter,
    {{ share('reasons.interviews', 'totals.interviews_of_quarter', 'share') }},
    coalesce(separations.separations, 0) as separations,
    coalesce(totals.separations_interviewed, 0) as separations_interviewed,
    {{ share('coalesce(totals.separations_interviewed, 0)', 'separations.separations', 'response_rate') }},
    reasons.with_hr_reason,
    reasons.agreeing,
    {{ share('reasons.agreeing', 'reasons.with_hr_reason', 'agrees_with_hr') }},
    reasons.mean_growth_visibility,
    reasons.interviews < 20 as is_unstable
from reasons
left join totals on reasons.quarter = totals.quarter
left join separations on reasons.quarter = separations.quarter
