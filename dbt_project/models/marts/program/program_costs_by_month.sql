-- Grain: month x site x line of cost, from the day on which the program was announced there (month, site_id, line).
--
-- Sums only: pay stays in the restricted file. A record without a rate of pay or a price adds nothing to the amount
-- and is counted as unpriced.
with assumptions as (
    select
        1 + max(case when name = 'benefits_load' then central end) as loaded,
        max(case when name = 'exam_fee' then central end) as exam_fee,
        max(case when name = 'mentor_hours_per_month' then central end) as mentor_hours,
        bool_or(name = 'benefits_load' and is_default) as is_default_load,
        bool_or(name = 'exam_fee' and is_default) as is_default_fee,
        bool_or(name = 'mentor_hours_per_month' and is_default) as are_default_hours
    from {{ ref('dim_roi_assumptions') }}
),

days as (
    select * from {{ ref('int_program_days') }}
),

weights as (
    select
        months.month,
        days.site_id,
        sum({{ days_between(
            'greatest(days.started_on, months.month)', 'least(days.ended_on, ' ~ next_month_of('months.month') ~ ')'
        ) }}) as person_days
    from days
    inner join {{ ref('dim_months') }} as months
        on days.started_on < {{ next_month_of('months.month') }} and days.ended_on > months.month
    where days.tier is not null
    group by months.month, days.site_id
),

shares as (
    select month, site_id, person_days / sum(person_days) over (partition by month) as share
    from weights
),

direct as (
    select {{ month_of('costs.incurred_on') }} as month, costs.site_id, cast(costs.amount_usd as double) as usd
    from {{ ref('fct_program_costs') }} as costs
    inner join {{ ref('dim_sites') }} as sites on costs.site_id = sites.site_id
    where costs.incurred_on >= sites.program_started_on
    union all
    -- With nobody at a participating site that month, the whole organisation keeps the cost.
    select {{ month_of('costs.incurred_on') }}, shares.site_id, costs.amount_usd * coalesce(shares.share, 1)
    from {{ ref('fct_program_costs') }} as costs
    left join shares on {{ month_of('costs.incurred_on') }} = shares.month
    where
        costs.site_id is null
        and costs.incurred_on >= (select min(program_started_on) from {{ ref('dim_sites') }})
),

lines as (
    select month, site_id, 'direct' as line, usd, 1 as records, 1 as priced, false as is_default
    from direct
    union all
    select {{ month_of('rewards.granted_on') }}, days.site_id, 'rewards', cast(rewards.amount_usd as double), 1, 1, false
    from {{ ref('int_rewards') }} as rewards
    inner join days
        on rewards.employee_key = days.employee_key
        and rewards.granted_on >= days.started_on
        and rewards.granted_on < days.ended_on
    union all
    select month, site_id, 'training_time', wages_usd * loaded, completions, with_pay, is_default_load
    from {{ ref('int_training_costs') }}
    cross join assumptions
    union all
    select month, site_id, 'seats', cast(seats_usd as double), completions, with_seat_cost, false
    from {{ ref('int_training_costs') }}
    union all
    select {{ month_of('attempts.taken_on') }}, days.site_id, 'exam_fees', exam_fee, 1, 1, is_default_fee
    from {{ ref('fct_exam_attempts') }} as attempts
    inner join days
        on attempts.employee_key = days.employee_key
        and attempts.taken_on >= days.started_on
        and attempts.taken_on < days.ended_on
    cross join assumptions
    where not attempts.is_practice
    union all
    select
        month,
        site_id,
        line,
        usd * loaded * case when line = 'mentor_time' then mentor_hours else 1 end,
        records,
        priced,
        is_default_load or (line = 'mentor_time' and are_default_hours)
    from {{ ref('int_monthly_pay_costs') }}
    cross join assumptions
)

select
    month,
    site_id,
    line,
    sum(usd) as amount_usd,
    sum(records) as records,
    sum(records - priced) as unpriced,
    bool_or(is_default) as is_default
from lines
group by month, site_id, line
