-- Grain: a tier, the site that spells in it began at, and a number of days at which one ended or was last seen
-- (tier, site_id, days).
--
-- A table, because with hundreds of sites the curves take longer to make than to keep, and two marts are made of them.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with spells as (
    select tier_spells.*, job_spells.site_id
    from {{ ref('fct_tier_spells') }} as tier_spells
    inner join {{ ref('fct_job_spells') }} as job_spells
        on tier_spells.employee_key = job_spells.employee_key
        and tier_spells.started_on = job_spells.started_on
),

{{ tenure_curves('spells', ['tier', 'site_id']) }}

select * from curves
