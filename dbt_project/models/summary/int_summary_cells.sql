-- Grain: as int_summary_counts, and a row for every region and tier of a unit, with is_hidden: the one place that
-- decides what summary.duckdb shows.
--
-- A cell of 1 to 4 people is hidden. Then more is, until no hidden count follows from what is shown, also by
-- who knows that counts are whole and not below zero: hidden cells that share a known sum are at least two,
-- and this sum is at least one in every count (a `token`), so that each of them could as well be larger or smaller.
--   sites: those of few people in a region, and one more; where none has a token, the region is hidden.
--   regions: all of them or none, with sites and tiers of regions; a year without them has no months by region either.
--   tiers by region: a tier for all regions or for none, so that what is hidden is a full rectangle whose rows
--   and columns all have tokens; a tier without a token is hidden itself, and one more.
--   What has no such way out is hidden whole, with the unit.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with counted as (
    select *, coalesce(n1, 0) as token
    from {{ ref('int_summary_counts') }}
),

{{ summary_offer() }},

{{ summary_sites() }},

{{ summary_regions() }},

{{ summary_tiers() }},

lost_units as (
    select family, unit from cells
    where level = 'all' and is_few
    union
    select family, unit from lost_regions
    union
    select family, unit from lost_tiers
),

decided as (
    select
        cells.*,
        flagged_units.unit is not null as has_no_regions,
        lost_units.unit is not null
        or case cells.level
            when 'region' then flagged_units.unit is not null
            when 'site' then flagged_units.unit is not null or hidden_sites.site_id is not null
            when 'tier' then hidden_tiers.tier is not null
            when 'region_tier' then flagged_units.unit is not null or split_tiers.tier is not null
            else false
        end as is_hidden
    from cells
    left join lost_units on cells.family = lost_units.family and cells.unit = lost_units.unit
    left join flagged_units on cells.family = flagged_units.family and cells.unit = flagged_units.unit
    left join hidden_sites
        on cells.family = hidden_sites.family
        and cells.unit = hidden_sites.unit
        and cells.site_id = hidden_sites.site_id
    left join hidden_tiers
        on cells.family = hidden_tiers.family and cells.unit = hidden_tiers.unit and cells.tier = hidden_tiers.tier
    left join split_tiers
        on cells.family = split_tiers.family and cells.unit = split_tiers.unit and cells.tier = split_tiers.tier
)

select * exclude (is_few, token, has_no_regions)
from decided
where (people > 0 or n1 is not null or is_hidden)
    and not (level = 'region' and period = 'slice' and has_no_regions)
