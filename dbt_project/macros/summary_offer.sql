{#- CTEs of int_summary_cells, over `counted`: `cells`, all that a reader could be shown, with is_few: under 5 people. -#}
{% macro summary_offer() -%}
    sizes as (
        select
            family,
            unit,
            count(case when level = 'region' then 1 end) as regions,
            count(case when level = 'tier' then 1 end) as tiers
        from counted
        where period = 'unit'
        group by family, unit
    ),

    -- Every tier of every region, whether or not anybody is there: otherwise a missing row would say that nobody is.
    rectangle as (
        select
            regions.family,
            regions.unit,
            'unit' as period,
            regions.unit as starts_on,
            'region_tier' as level,
            regions.region,
            tiers.tier
        from counted as regions
        inner join counted as tiers
            on regions.family = tiers.family
            and regions.unit = tiers.unit
            and tiers.period = 'unit'
            and tiers.level = 'tier'
        inner join sizes on regions.family = sizes.family and regions.unit = sizes.unit
        where regions.period = 'unit' and regions.level = 'region' and sizes.tiers > 1 and sizes.regions > 1
    ),

    -- Months are on offer in a year in which none of them is hidden, for the whole and for its regions.
    small_months as (
        select
            family,
            unit,
            bool_or(level = 'all') as is_whole
        from counted
        where period = 'slice' and coalesce(people, 0) < 5
        group by family, unit
    ),

    cells as (
        select
            counted.*,
            coalesce(counted.people, 0) < 5 as is_few
        from counted
        inner join sizes on counted.family = sizes.family and counted.unit = sizes.unit
        left join small_months on counted.family = small_months.family and counted.unit = small_months.unit
        where case
            when counted.period = 'slice' and small_months.unit is not null
                then counted.level = 'all' and not small_months.is_whole
            when counted.level = 'tier' then sizes.tiers > 1
            else counted.level != 'region_tier'
        end
        union all by name
        select
            rectangle.*,
            coalesce(counted.people, 0) as people,
            coalesce(counted.token, 0) as token,
            counted.n1,
            counted.n2,
            counted.n3,
            coalesce(counted.people < 5, false) as is_few
        from rectangle
        left join counted
            on rectangle.family = counted.family
            and rectangle.unit = counted.unit
            and rectangle.region = counted.region
            and rectangle.tier = counted.tier
            and counted.period = 'unit'
            and counted.level = 'region_tier'
    )
{%- endmacro %}
