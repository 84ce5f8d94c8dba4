-- Grain: a cell of the lattice in a period of a family of figures (family, period, starts_on, level, region, site_id,
-- tier), with counts that are not yet fit for everybody.
--
-- A family is what is shown or hidden together. Its `unit` is the stretch of time that is decided at once. Within a
-- year the cells have figures of the year, the whole and its regions also of each month (a `slice`).
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with places as (
    select site_id, coalesce(region, 'not stated') as region
    from {{ ref('dim_sites') }}
),

facts as (
    {{ summary_facts() }}
),

located as (
    select
        facts.* exclude (site_id),
        coalesce(facts.site_id, 'not stated') as site_id,
        coalesce(places.region, 'not stated') as region
    from facts
    left join places on facts.site_id = places.site_id
),

by_slice as (
    select
        family,
        slice,
        region,
        site_id,
        tier,
        case
            when grouping(tier) = 0 then case when grouping(region) = 0 then 'region_tier' else 'tier' end
            when grouping(site_id) = 0 then 'site'
            when grouping(region) = 0 then 'region'
            else 'all'
        end as level,
        greatest(sum(opening), sum(people))
        // case when family = 'readiness' and grouping(tier) = 1 then {{ summary_ways_up() }} else 1 end as people,
        sum(n1) as n1,
        sum(n2) as n2,
        sum(n3) as n3
    from located
    group by grouping sets (
        (family, slice),
        (family, slice, region),
        (family, slice, region, site_id),
        (family, slice, tier),
        (family, slice, region, tier)
    )
),

in_units as (
    select
        *,
        case when family in ('headcount', 'readiness') then slice else {{ year_of('slice') }} end as unit
    from by_slice
    where level not in ('tier', 'region_tier') or tier is not null
),

periods as (
    select
        family,
        unit,
        'unit' as period,
        unit as starts_on,
        level,
        region,
        site_id,
        tier,
        max(people) as people,
        sum(n1) as n1,
        sum(n2) as n2,
        sum(n3) as n3
    from in_units
    group by family, unit, level, region, site_id, tier
    union all by name
    select
        family,
        unit,
        'slice' as period,
        slice as starts_on,
        level,
        region,
        site_id,
        tier,
        people,
        n1,
        n2,
        n3
    from in_units
    where family in ('presence', 'turnover', 'promotions', 'evaluation', 'training')
        and (level = 'all' or (level = 'region' and family != 'training'))
)

select * from periods
