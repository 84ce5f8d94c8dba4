-- Grain: a job code and an unbroken time in which the crosswalk gives it one answer (job_code, valid_from).
--
-- Also the time before a code's first entry, in which it had no tier. A tier that the feed tiers does not know has no
-- rank: is_tier_known is false.
{{ config(materialized='table', database='build', schema='staging', contract={'enforced': false}) }}
with entries as (
    select job_code, coalesce(effective_on, {{ beginning_of_time() }}) as effective_on, tier
    from {{ ref('stg_program__job_tiers') }}
    qualify {{ is_newest('job_code, effective_on') }}
),

tiers as (
    select distinct tier from {{ ref('stg_program__tiers') }}
),

periods as (
    select
        job_code,
        effective_on as valid_from,
        lead(effective_on, 1, {{ end_of_time() }}) over (partition by job_code order by effective_on) as valid_to,
        tier
    from (
        select job_code, effective_on, tier from entries
        union all
        select job_code, {{ beginning_of_time() }} as effective_on, null as tier
        from entries
        group by job_code
        having min(entries.effective_on) > {{ beginning_of_time() }}
    ) as whole
)

select
    periods.job_code,
    periods.valid_from,
    periods.valid_to,
    periods.tier,
    periods.tier is null or tiers.tier is not null as is_tier_known
from periods
left join tiers on periods.tier = tiers.tier
