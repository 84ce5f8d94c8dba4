-- Grain: an opening announced by as_of_on (opening_id).
with job_tiers as (
    select job_code, coalesce(effective_on, {{ beginning_of_time() }}) as effective_on, tier
    from {{ ref('stg_program__job_tiers') }}
    qualify {{ is_newest('job_code, effective_on') }}
),

crosswalk as (
    select
        job_code,
        effective_on as valid_from,
        lead(effective_on, 1, {{ end_of_time() }}) over (partition by job_code order by effective_on) as valid_to,
        tier
    from job_tiers
),

openings as (
    select *
    from {{ ref('stg_hr__openings') }}
    where opened_on <= {{ as_of_on() }}
    qualify {{ is_newest('opening_id') }}
)

select
    openings.opening_id,
    openings.site_id,
    openings.job_code,
    crosswalk.tier,
    openings.opened_on,
    case when openings.filled_on <= {{ as_of_on() }} then openings.filled_on end as filled_on,
    case when openings.filled_on <= {{ as_of_on() }} then openings.fill_source end as fill_source,
    case when openings.filled_on <= {{ as_of_on() }} then openings.filled_by_key end as filled_by_key,
    openings.cost as cost_usd
from openings
left join crosswalk
    on openings.job_code = crosswalk.job_code
    and openings.opened_on >= crosswalk.valid_from
    and openings.opened_on < crosswalk.valid_to
