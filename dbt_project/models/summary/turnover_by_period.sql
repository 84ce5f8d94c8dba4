-- Grain: a cell of the lattice in a month or a year (period, starts_on, level, region, site_id, tier).
with cells as (
    select * from {{ ref('int_summary_cells') }}
),

shown as (
    select
        {{ summary_period('events') }},
        {{ summary_place('events') }},
        case when not person_time.is_hidden then person_time.n1 / 365.25 end as person_years,
        {{ summary_count('events', 'n1') }} as separations_voluntary,
        {{ summary_count('events', 'n2') }} as separations,
        {{ summary_rated('events', 'n1') }} as rated_voluntary,
        {{ summary_rated('events', 'n2') }} as rated,
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
    where events.family = 'turnover'
),

with_12_months as (
    select
        *,
        case when period = 'month' then {{ summary_last_12('person_years') }} end as person_years_12m,
        cast(case when period = 'month' then {{ summary_last_12('rated_voluntary') }} end as bigint)
            as separations_voluntary_12m,
        cast(case when period = 'month' then {{ summary_last_12('rated') }} end as bigint) as separations_12m
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
    separations_voluntary,
    separations,
    {{ rate_columns('rated_voluntary', 'person_years', 'voluntary_turnover_rate') }},
    {{ rate_columns('rated', 'person_years', 'total_turnover_rate') }},
    rated_voluntary < 20 as is_unstable,
    person_years_12m,
    separations_voluntary_12m,
    separations_12m,
    {{ rate_columns('separations_voluntary_12m', 'person_years_12m', 'voluntary_turnover_rate_12m') }},
    {{ rate_columns('separations_12m', 'person_years_12m', 'total_turnover_rate_12m') }},
    is_hidden,
    hidden_because
from with_12_months
