-- Grain: scenario (low, central, high: every assumption at that value). What a unit is worth, and by what the costs at
-- the central assumptions are multiplied. Private.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with chosen as (
    select name, central as middle, 'low' as scenario, low as value from {{ ref('dim_roi_assumptions') }}
    union all
    select name, central as middle, 'central' as scenario, central as value from {{ ref('dim_roi_assumptions') }}
    union all
    select name, central as middle, 'high' as scenario, high as value from {{ ref('dim_roi_assumptions') }}
),

valued as (
    select
        scenario,
        max(case when name = 'replacement_cost' then value end) as replacement_cost,
        max(case when name = 'benefits_load' then (1 + value) / (1 + middle) end) as load_factor,
        max(case when name = 'exam_fee' then value / nullif(middle, 0) end) as exam_factor,
        max(case when name = 'mentor_hours_per_month' then value / nullif(middle, 0) end) as hours_factor,
        max(case when name = 'external_fill_cost' then value end) as external_fill_cost,
        max(case when name = 'internal_fill_cost' then value end) as internal_fill_cost
    from chosen
    group by scenario
),

-- Whoever moves up leaves a post to fill. Where no price of that is on record, it costs what one from outside does.
entry_refills as (
    select cast(avg(openings.cost_usd) as double) as entry_refill_cost
    from {{ ref('fct_openings') }} as openings
    inner join {{ ref('dim_tiers') }} as tiers on openings.tier = tiers.tier
    where tiers.is_entry and openings.fill_source in ('external', 'agency')
)

select
    valued.scenario,
    valued.replacement_cost,
    valued.load_factor,
    coalesce(valued.exam_factor, 1) as exam_factor,
    coalesce(valued.hours_factor, 1) as hours_factor,
    entry_refills.entry_refill_cost,
    saved_a_fill(valued.external_fill_cost, valued.internal_fill_cost, entry_refills.entry_refill_cost) as saved_a_fill
from valued
cross join entry_refills
