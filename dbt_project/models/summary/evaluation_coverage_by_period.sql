-- Grain: a cell of the lattice, no tiers, in a month or a year (period, starts_on, level, region, site_id).
--
-- Who is there at a month's end is headcount_by_month's, so it is hidden where it is hidden there.
with cells as (
    select * from {{ ref('int_summary_cells') }}
),

evaluations as (
    select * from cells
    where family = 'evaluation'
),

first_months as (
    select min(month) as month from {{ ref('evaluation_coverage_by_month') }}
),

active as (
    select
        case grouping(starts_on) when 0 then 'slice' else 'unit' end as period,
        case grouping(starts_on) when 0 then starts_on else {{ year_of('starts_on') }} end as starts_on,
        level,
        region,
        site_id,
        case when not bool_or(is_hidden) then sum(n1) end as people
    from cells
    where family = 'headcount'
        and level in ('all', 'region', 'site')
        and starts_on >= (select first_months.month from first_months)
    group by grouping sets (
        (starts_on, level, region, site_id), ({{ year_of('starts_on') }}, level, region, site_id)
    )
)

select
    {{ summary_period('evaluations') }},
    {{ summary_place('evaluations', has_tier=false) }},
    cast(active.people as bigint) as active,
    {{ summary_count('evaluations', 'n1') }} as evaluated,
    {{ share(summary_rated('evaluations', 'n1'), 'active.people', 'evaluated_rate') }},
    {{ summary_rated('evaluations', 'n1') }} is not null and active.people < 20 as is_unstable,
    {{ summary_hidden('evaluations') }}
from evaluations
left join active
    on evaluations.period = active.period
    and evaluations.starts_on = active.starts_on
    and evaluations.level = active.level
    and evaluations.region is not distinct from active.region
    and evaluations.site_id is not distinct from active.site_id
