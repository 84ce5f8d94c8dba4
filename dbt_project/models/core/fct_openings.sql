-- Grain: an opening announced by as_of_on (opening_id).
with openings as (
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
left join {{ ref('int_job_tier_periods') }} as crosswalk
    on openings.job_code = crosswalk.job_code
    and openings.opened_on >= crosswalk.valid_from
    and openings.opened_on < crosswalk.valid_to
