-- Grain: what holds people up, by site x step x cause (site_id, from_tier, to_tier, cause), as of as_of_on. Somebody
-- with several unmet requirements counts under each of their causes.
with feeds as (
    select count(*) > 0 as has_openings from {{ ref('fct_openings') }}
),

ready as (
    select employee_key, site_id, from_tier, to_tier, ready_on, days_waiting
    from {{ ref('promotion_readiness') }}
    where is_ready
),

-- An opening counts that was there on some day since the person became ready, for a job that then had the tier.
with_opening as (
    select distinct ready.employee_key, ready.to_tier
    from ready
    inner join {{ ref('int_opening_tiers') }} as openings
        on ready.site_id = openings.site_id
        and ready.to_tier = openings.tier
        and ready.ready_on < openings.until_on
        and openings.from_on <= {{ as_of_on() }}
),

causes as (
    select
        ready.employee_key,
        ready.site_id,
        ready.from_tier,
        ready.to_tier,
        case
            when not feeds.has_openings then 'ready_not_promoted'
            when with_opening.employee_key is not null then 'ready_despite_opening'
            else 'ready_no_opening'
        end as cause,
        ready.days_waiting
    from ready
    cross join feeds
    left join with_opening
        on ready.employee_key = with_opening.employee_key and ready.to_tier = with_opening.to_tier
    union all
    select distinct
        requirements.employee_key,
        readiness.site_id,
        requirements.from_tier,
        requirements.to_tier,
        requirements.cause,
        cast(null as integer) as days_waiting
    from {{ ref('promotion_requirements') }} as requirements
    inner join {{ ref('promotion_readiness') }} as readiness
        on requirements.employee_key = readiness.employee_key and requirements.to_tier = readiness.to_tier
    where requirements.cause is not null
)

select
    site_id,
    from_tier,
    to_tier,
    cause,
    count(*) as employees,
    cast(median(days_waiting) as double) as median_days_waiting
from causes
group by site_id, from_tier, to_tier, cause
