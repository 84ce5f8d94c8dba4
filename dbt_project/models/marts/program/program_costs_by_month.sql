-- Grain: month x site x line of cost, from the day on which the program was announced there (month, site_id, line).
--
-- Sums only: pay stays in the restricted file. A record without a rate of pay or a price adds nothing to the amount
-- and is counted as unpriced.
with assumptions as (
    select name, central, is_default from {{ ref('dim_roi_assumptions') }}
),

-- What turns a line's wages, hours or attempts into its cost.
factors as (
    select 'training_time' as line, 1 + central as factor, is_default
    from assumptions
    where name = 'benefits_load'
    union all
    select 'promotion_raises' as line, 1 + central as factor, is_default
    from assumptions
    where name = 'benefits_load'
    union all
    select
        'mentor_time' as line,
        (1 + loads.central) * hours.central as factor,
        loads.is_default or hours.is_default as is_default
    from assumptions as loads
    inner join assumptions as hours on loads.name = 'benefits_load' and hours.name = 'mentor_hours_per_month'
    union all
    select 'exam_fees' as line, central as factor, is_default
    from assumptions
    where name = 'exam_fee'
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

first_program as (
    select min(program_started_on) as started_on from {{ ref('dim_sites') }}
),

-- Where people had worked, from the end of an employment until the next.
left_sites as (
    select
        employments.employee_key,
        employments.left_on,
        employments.until_on,
        last_spells.site_id,
        sites.program_started_on
    from (
        select
            employee_key,
            ended_on as left_on,
            lead(started_on, 1, {{ end_of_time() }}) over (partition by employee_key order by started_on) as until_on
        from {{ ref('fct_employments') }}
    ) as employments
    inner join {{ ref('fct_job_spells') }} as last_spells
        on employments.employee_key = last_spells.employee_key and employments.left_on = last_spells.ended_on
    inner join {{ ref('dim_sites') }} as sites on last_spells.site_id = sites.site_id
    where employments.left_on < employments.until_on
),

records as (
    select {{ month_of('costs.incurred_on') }} as month, costs.site_id, 'direct' as line, costs.amount_usd as usd
    from {{ ref('fct_program_costs') }} as costs
    inner join {{ ref('dim_sites') }} as sites on costs.site_id = sites.site_id
    where costs.incurred_on >= sites.program_started_on
    union all
    select {{ month_of('rewards.granted_on') }} as month, days.site_id, 'rewards' as line, rewards.amount_usd as usd
    from {{ ref('int_rewards') }} as rewards
    inner join days
        on rewards.employee_key = days.employee_key
        and rewards.granted_on >= days.started_on
        and rewards.granted_on < days.ended_on
    union all
    -- One granted after the last day is paid all the same, where the person had worked.
    select
        {{ month_of('rewards.granted_on') }} as month,
        left_sites.site_id,
        'rewards' as line,
        rewards.amount_usd as usd
    from {{ ref('int_rewards') }} as rewards
    inner join left_sites
        on rewards.employee_key = left_sites.employee_key
        and rewards.granted_on >= left_sites.left_on
        and rewards.granted_on < left_sites.until_on
        and rewards.granted_on >= left_sites.program_started_on
    union all
    select {{ month_of('attempts.taken_on') }} as month, days.site_id, 'exam_fees' as line, 1 as usd
    from {{ ref('fct_exam_attempts') }} as attempts
    inner join days
        on attempts.employee_key = days.employee_key
        and attempts.taken_on >= days.started_on
        and attempts.taken_on < days.ended_on
    where not attempts.is_practice
),

lines as (
    select month, site_id, line, cast(usd as double) as usd, 1 as records, 1 as priced
    from records
    union all
    -- With nobody at a participating site that month, the whole organisation keeps the cost.
    select
        {{ month_of('costs.incurred_on') }} as month,
        shares.site_id,
        'direct' as line,
        costs.amount_usd * coalesce(shares.share, 1) as usd,
        1 as records,
        1 as priced
    from {{ ref('fct_program_costs') }} as costs
    inner join first_program on costs.incurred_on >= first_program.started_on
    left join shares on {{ month_of('costs.incurred_on') }} = shares.month
    where costs.site_id is null
    union all
    select month, site_id, 'training_time' as line, wages_usd as usd, completions as records, with_pay as priced
    from {{ ref('int_training_costs') }}
    union all
    select month, site_id, 'seats' as line, seats_usd as usd, completions as records, with_seat_cost as priced
    from {{ ref('int_training_costs') }}
    union all
    select month, site_id, line, usd, records, priced
    from {{ ref('int_monthly_pay_costs') }}
)

select
    lines.month,
    lines.site_id,
    lines.line,
    sum(lines.usd) * coalesce(factors.factor, 1) as amount_usd,
    cast(sum(lines.records) as bigint) as records,
    cast(sum(lines.records - lines.priced) as bigint) as unpriced,
    coalesce(factors.is_default, false) as is_default
from lines
left join factors on lines.line = factors.line
group by lines.month, lines.site_id, lines.line, factors.factor, factors.is_default
