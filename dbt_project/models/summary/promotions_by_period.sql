-- Grain: a cell of the lattice in a month or a year (period, starts_on, level, region, site_id, tier).
with cells as (
    select * from {{ ref('int_summary_cells') }}
),

shown as (
    select
        {{ summary_period('events') }},
        {{ summary_place('events') }},
        case when not person_time.is_hidden then person_time.n2 / 365.25 end as person_years,
        {{ summary_count('events', 'n1') }} as promotions,
        {{ summary_rated('events', 'n1') }} as rated,
        {{ summary_hidden('events') }}
    from cells as events
    left join cells as person_time
        on events.period = person_time.period
        and events.starts_on = person_time.starts_on
        and events.level = person_time.level
        and events.region is not distinct from person_time.region
        and events.site_id is not distinct from person_time.site_id
        and events.tier is not distinct from person_time.tier
        and person_time.family = 'presence'
    where events.family = 'promotions'
),

with_12_months as (
    select
        *,
        case when period = 'month' then {{ summary_last_12('person_years') }} end as person_years_12m,
        cast(case when period = 'month' then {{ summary_last_12('rated') }} end as bigint) as promotions_12m
    from shown
    {{ summary_window_12() }}
)

select
    period,
    starts_on,
    level,
    region,
    site_id,
    tier,
    person_years,
    promotions,
    {{ rate_columns('rated', 'person_years', 'promotion_rate') }},
    rated < 20 as is_unstable,
    person_years_12m,
    promotions_12m,
    {{ rate_columns('promotions_12m', 'person_years_12m', 'promotion_rate_12m') }},
    is_hidden,
    hidden_because
from with_12_months
