-- Grain: month x site, from the first evaluation on (month, site_id), of those in the ladder at the month's end.
with evaluated as (
    select distinct employee_key, {{ month_of('evaluated_on') }} as month
    from {{ ref('fct_evaluations') }}
),

months as (
    select month, last_day_on
    from {{ ref('dim_months') }}
    where month >= (select min(evaluated.month) from evaluated)
),

ladder_days as (
    select * from {{ ref('int_counted_ladder_days') }}
),

counts as (
    select
        months.month,
        ladder_days.site_id,
        count(*) as active,
        count(evaluated.employee_key) as evaluated
    from ladder_days
    inner join months
        on ladder_days.started_on <= months.last_day_on and ladder_days.counted_until > months.last_day_on
    left join evaluated
        on ladder_days.employee_key = evaluated.employee_key and months.month = evaluated.month
    group by months.month, ladder_days.site_id
),

covered as (
    select counts.* exclude (evaluated), case when is_covered then evaluated end as evaluated
    from (select *, month <= {{ covered_through(['evaluations']) }} as is_covered from counts) as counts
)

select
    *,
    {{ share('evaluated', 'active', 'evaluated_rate') }},
    active < 20 as is_unstable
from covered
