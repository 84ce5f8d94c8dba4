-- Grain: a tier.
with tiers as (
    select tier from {{ ref('dim_tiers') }}
    union
    select tier from {{ ref('fct_tier_spells') }}
),

{{ tenure_curves(ref('fct_tier_spells'), ['tier']) }},

summaries as (
    select tiers.tier, {{ tenure_summary() }}
    from tiers
    left join curves on tiers.tier = curves.tier
    group by tiers.tier
)

select * from summaries
