-- Grain: quarter x site, from the first credit on (quarter, site_id), of those in the ladder at the quarter's end.
with credits as (
    select employee_key, {{ quarter_of('earned_on') }} as quarter, sum(hours) as hours
    from {{ ref('fct_ce_credits') }}
    where is_accepted
    group by employee_key, {{ quarter_of('earned_on') }}
),

rewards as (
    select distinct employee_key, {{ quarter_of('granted_on') }} as quarter
    from {{ ref('int_rewards') }}
),

quarters as (
    select quarter, max(last_day_on) as last_day_on
    from {{ ref('dim_months') }}
    where quarter >= (select min(credits.quarter) from credits)
    group by quarter
),

feeds as (
    select count(*) > 0 as has_rewards from {{ ref('int_rewards') }}
),

ladder_days as (
    select * from {{ ref('int_counted_ladder_days') }}
),

counts as (
    select
        quarters.quarter,
        ladder_days.site_id,
        count(*) as active,
        quarters.quarter <= {{ covered_through(['ce_credits']) }} as is_covered,
        count(credits.employee_key) as with_credits,
        coalesce(sum(credits.hours), 0) as hours,
        case when feeds.has_rewards then count(rewards.employee_key) end as rewarded
    from ladder_days
    cross join feeds
    inner join quarters
        on ladder_days.started_on <= quarters.last_day_on and ladder_days.counted_until > quarters.last_day_on
    left join credits
        on ladder_days.employee_key = credits.employee_key and quarters.quarter = credits.quarter
    left join rewards
        on ladder_days.employee_key = rewards.employee_key and quarters.quarter = rewards.quarter
    group by quarters.quarter, ladder_days.site_id, feeds.has_rewards
),

-- A quarter that nobody has told of is not one in which nobody earned any.
covered as (
    select
        * exclude (with_credits, hours),
        case when is_covered then with_credits end as with_credits,
        case when is_covered then hours end as hours
    from counts
)

select
    *,
    {{ share('with_credits', 'active', 'with_credits_rate') }},
    active < 20 as is_unstable
from covered
