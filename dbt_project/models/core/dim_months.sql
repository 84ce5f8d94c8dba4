-- Grain: a month from the first employment to as_of_on (month, its first day).
with bounds as (
    select {{ month_of('min(started_on)') }} as first_month, {{ month_of(as_of_on()) }} as last_month
    from {{ ref('fct_employments') }}
)

select
    months.month,
    {{ quarter_of('months.month') }} as quarter,
    least({{ add_days(next_month_of('months.month'), -1) }}, {{ as_of_on() }}) as last_day_on,
    {{ days_between('months.month', 'least(' ~ next_month_of('months.month') ~ ', ' ~ add_days(as_of_on(), 1) ~ ')') }}
        as days,
    {{ next_month_of('months.month') }} <= {{ add_days(as_of_on(), 1) }} as is_complete
from bounds
cross join lateral {{ month_series('bounds.first_month', 'bounds.last_month') }} as months
