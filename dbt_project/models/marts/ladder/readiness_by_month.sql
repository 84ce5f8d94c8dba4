-- Grain: month, of the last 24, x site x tier reachable from there (month, site_id, to_tier). The current month is
-- asked about as_of_on.
with months as (
    select month, last_day_on
    from {{ ref('dim_months') }}
    where month > {{ add_months(month_of(as_of_on()), -24) }}
),

readiness as (
    select * from {{ ref('fct_readiness_spells') }}
    where is_reachable
),

-- Joined by the tier held too: the first day in the new tier belongs to a promoted spell's readiness, not to its days.
month_ends as (
    select
        months.month,
        ladder_days.site_id,
        readiness.to_tier,
        count(*) as employees,
        case when count(readiness.is_ready) > 0 then count(case when readiness.is_ready then 1 end) end as ready,
        case
            when count(readiness.is_ready) > 0
                then count(case when readiness.ready_on < {{ add_days('months.last_day_on', -90) }} then 1 end)
        end as waiting_over_90_days
    from readiness
    inner join months
        on readiness.started_on <= months.last_day_on
        and months.last_day_on < coalesce(readiness.ended_on, {{ end_of_time() }})
    inner join {{ ref('int_counted_ladder_days') }} as ladder_days
        on readiness.employee_key = ladder_days.employee_key
        and readiness.from_tier = ladder_days.tier
        and months.last_day_on >= ladder_days.started_on
        and months.last_day_on < ladder_days.counted_until
    group by months.month, ladder_days.site_id, readiness.to_tier
),

leavers as (
    select
        months.month,
        separations.site_id,
        readiness.to_tier,
        case when count(readiness.is_ready) > 0 then count(case when readiness.is_ready then 1 end) end
            as left_while_ready
    from readiness
    inner join {{ ref('fct_separations') }} as separations
        on readiness.employee_key = separations.employee_key
        and readiness.from_tier = separations.tier
        and readiness.ended_on = {{ add_days('separations.last_day_on', 1) }}
    inner join months on {{ month_of('separations.last_day_on') }} = months.month
    group by months.month, separations.site_id, readiness.to_tier
)

select
    coalesce(month_ends.month, leavers.month) as month,
    coalesce(month_ends.site_id, leavers.site_id) as site_id,
    coalesce(month_ends.to_tier, leavers.to_tier) as to_tier,
    coalesce(month_ends.employees, 0) as employees,
    case when month_ends.month is null and leavers.left_while_ready is not null then 0 else month_ends.ready end
        as ready,
    case
        when month_ends.month is null and leavers.left_while_ready is not null then 0
        else month_ends.waiting_over_90_days
    end as waiting_over_90_days,
    case when month_ends.ready is not null then coalesce(leavers.left_while_ready, 0) else leavers.left_while_ready end
        as left_while_ready
from month_ends
full join leavers
    on month_ends.month = leavers.month
    and month_ends.site_id is not distinct from leavers.site_id
    and month_ends.to_tier = leavers.to_tier
