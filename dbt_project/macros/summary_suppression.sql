{#-
    CTEs of int_summary_cells, over `cells`. In each, "one more" is the smallest cell beside those already hidden that has
    a token: at least one of everything that is counted.
-#}

{#- hidden_sites: those of few people and one more a region; barren: regions that have no such one. -#}
{% macro summary_sites() -%}
    few_sites as (
        select family, unit, region, count(*) as few, sum(token) as tokens
        from cells
        where level = 'site' and is_few
        group by family, unit, region
    ),

    more_sites as (
        select cells.family, cells.unit, cells.region, cells.site_id
        from cells
        inner join few_sites using (family, unit, region)
        where cells.level = 'site' and not cells.is_few and cells.token > 0
        qualify row_number() over (
                partition by cells.family, cells.unit, cells.region order by cells.people, cells.site_id
            ) = 1
    ),

    hidden_sites as (
        select family, unit, site_id from cells where level = 'site' and is_few
        union
        select more_sites.family, more_sites.unit, more_sites.site_id
        from more_sites
        inner join few_sites using (family, unit, region)
        where few_sites.few = 1 or few_sites.tokens = 0
    ),

    barren as (
        select few_sites.family, few_sites.unit
        from few_sites
        left join more_sites using (family, unit, region)
        where (few_sites.few = 1 or few_sites.tokens = 0) and more_sites.site_id is null
    )
{%- endmacro %}


{#- flagged_units: where no region is shown; lost_regions: those where the whole would then tell of its regions. -#}
{% macro summary_regions() -%}
    flagged_units as (
        select family, unit from cells where level = 'region' and is_few
        union
        select family, unit from barren
        union
        select regions.family, regions.unit
        from cells as regions
        inner join (select distinct family, unit from cells where level = 'region_tier' and is_few) as small
            using (family, unit)
        where regions.level = 'region' and regions.period = 'unit' and regions.token = 0
    ),

    lost_regions as (
        select family, unit
        from cells
        inner join flagged_units using (family, unit)
        where cells.level in ('all', 'region') and cells.period = 'unit'
        group by family, unit
        having count(case when cells.level = 'region' then 1 end) < 2
            or min(case when cells.level = 'all' then cells.token end) = 0
    )
{%- endmacro %}


{#- split_tiers: not shown by region; hidden_tiers: not shown at all; lost_tiers: units in which no tier can be hidden. -#}
{% macro summary_tiers() -%}
    few_splits as (
        select distinct family, unit, tier from cells where level in ('tier', 'region_tier') and is_few
    ),

    tiers as (
        select cells.*, few_splits.tier is not null as is_split
        from cells
        left join few_splits using (family, unit, tier)
        where cells.level = 'tier'
    ),

    -- A tier alone would follow from the others.
    paired_splits as (
        select family, unit, tier
        from tiers
        qualify is_split or (
            count(case when is_split then 1 end) over (partition by family, unit) = 1
            and token > 0
            and row_number() over (partition by family, unit order by is_split, token = 0, people, tier) = 1
        )
    ),

    -- Where a region has no token in these tiers, no tier is shown by region.
    unsplit_units as (
        select family, unit from flagged_units
        union
        select family, unit
        from cells
        inner join paired_splits using (family, unit, tier)
        where cells.level = 'region_tier'
        group by family, unit, cells.region
        having sum(cells.token) = 0
        union
        select family, unit from paired_splits group by family, unit having count(*) = 1
    ),

    wanted_splits as (
        select family, unit, tier from paired_splits
        union
        select tiers.family, tiers.unit, tiers.tier from tiers inner join unsplit_units using (family, unit)
    ),

    judged_tiers as (
        select tiers.*, tiers.is_few or (wanted_splits.tier is not null and tiers.token = 0) as is_bare
        from tiers
        left join wanted_splits using (family, unit, tier)
    ),

    hidden_tiers as (
        select family, unit, tier
        from judged_tiers
        qualify is_bare or (
            count(case when is_bare then 1 end) over (partition by family, unit) > 0
            and (
                count(case when is_bare then 1 end) over (partition by family, unit) = 1
                or sum(case when is_bare then token else 0 end) over (partition by family, unit) = 0
            )
            and token > 0
            and row_number() over (partition by family, unit order by is_bare, token = 0, people, tier) = 1
        )
    ),

    lost_tiers as (
        select family, unit
        from judged_tiers
        inner join hidden_tiers using (family, unit, tier)
        group by family, unit
        having count(*) = 1 or sum(token) = 0
    ),

    split_tiers as (
        select family, unit, tier from wanted_splits
        union
        select family, unit, tier from hidden_tiers
    )
{%- endmacro %}
