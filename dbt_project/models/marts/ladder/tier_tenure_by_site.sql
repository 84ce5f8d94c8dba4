-- Grain: a tier and the site that spells in it began at (tier, site_id).
with spells as (
    select tier_spells.*, job_spells.site_id
    from {{ ref('fct_tier_spells') }} as tier_spells
    inner join {{ ref('fct_job_spells') }} as job_spells
        on tier_spells.employee_key = job_spells.employee_key
        and tier_spells.started_on = job_spells.started_on
),

{{ tenure_curves('spells', ['tier', 'site_id']) }},

summaries as (
    select tier, site_id, {{ tenure_summary() }}
    from curves
    group by tier, site_id
)

select * from summaries
