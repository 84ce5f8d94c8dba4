-- Grain: a tier and the year that spells in it began in (tier, entry_year).
with spells as (
    select *, cast(extract(year from started_on) as integer) as entry_year
    from {{ ref('fct_tier_spells') }}
),

{{ tenure_curves('spells', ['tier', 'entry_year']) }},

summaries as (
    select tier, entry_year, {{ tenure_summary() }}
    from curves
    group by tier, entry_year
)

select * from summaries
