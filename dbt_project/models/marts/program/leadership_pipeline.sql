-- Grain: quarter x site at which anything happened on the way to management (quarter, site_id).
with management as (
    select tier from {{ ref('dim_tiers') }}
    where track = 'management'
),

openings as (
    select
        {{ quarter_of('openings.opened_on') }} as quarter,
        openings.site_id,
        count(*) as openings,
        count(case when openings.fill_source = 'internal' then 1 end) as filled_internally,
        count(case when openings.fill_source = 'external' then 1 end) as filled_externally,
        count(case when openings.fill_source = 'agency' then 1 end) as filled_by_agency,
        -- An opening that was filled before it was opened took nobody knows how long.
        cast(median(
            case
                when openings.filled_on >= openings.opened_on
                    then {{ days_between('openings.opened_on', 'openings.filled_on') }}
            end
        ) as double) as median_days_to_fill
    from {{ ref('fct_openings') }} as openings
    inner join management on openings.tier = management.tier
    group by {{ quarter_of('openings.opened_on') }}, openings.site_id
),

quarters as (
    select quarter, max(last_day_on) as last_day_on
    from {{ ref('dim_months') }}
    group by quarter
),

pool as (
    select
        quarters.quarter,
        ladder_days.site_id,
        count(distinct readiness.employee_key) as ready_pool
    from {{ ref('fct_readiness_spells') }} as readiness
    inner join management on readiness.to_tier = management.tier
    inner join quarters
        on readiness.started_on <= quarters.last_day_on
        and quarters.last_day_on < coalesce(readiness.ended_on, {{ end_of_time() }})
    inner join {{ ref('int_counted_ladder_days') }} as ladder_days
        on readiness.employee_key = ladder_days.employee_key
        and readiness.from_tier = ladder_days.tier
        and quarters.last_day_on >= ladder_days.started_on
        and quarters.last_day_on < ladder_days.counted_until
    where readiness.is_reachable and readiness.is_ready
    group by quarters.quarter, ladder_days.site_id
),

promoted as (
    select employee_key, max(promoted_on) as last_promoted_on
    from {{ ref('fct_promotions') }}
    group by employee_key
),

enrollments as (
    select
        {{ quarter_of('enrollments.started_on') }} as quarter,
        sites.site_id,
        count(*) as pathway_enrollments,
        count(case when enrollments.outcome = 'completed' then 1 end) as pathway_completed,
        count(case when promoted.last_promoted_on > enrollments.started_on then 1 end) as promoted_since
    from {{ ref('fct_pathway_enrollments') }} as enrollments
    left join {{ ref('int_site_windows') }} as sites
        on enrollments.employee_key = sites.employee_key
        and enrollments.started_on >= sites.answers_from
        and enrollments.started_on < sites.answers_until
    left join promoted on enrollments.employee_key = promoted.employee_key
    group by {{ quarter_of('enrollments.started_on') }}, sites.site_id
),

cells as (
    select quarter, site_id from openings
    union
    select quarter, site_id from pool
    union
    select quarter, site_id from enrollments
),

-- What depends on an absent feed is unknown, not none.
feeds as (
    select
        case when (select count(*) > 0 from {{ ref('fct_openings') }}) then 0 end as no_openings,
        case when (select count(*) > 0 from {{ ref('dim_tier_requirements') }}) then 0 end as nobody_ready,
        case when (select count(*) > 0 from {{ ref('fct_pathway_enrollments') }}) then 0 end as no_enrollments
)

select
    cells.quarter,
    cells.site_id,
    coalesce(openings.openings, feeds.no_openings) as openings,
    coalesce(openings.filled_internally, feeds.no_openings) as filled_internally,
    coalesce(openings.filled_externally, feeds.no_openings) as filled_externally,
    coalesce(openings.filled_by_agency, feeds.no_openings) as filled_by_agency,
    openings.median_days_to_fill,
    coalesce(pool.ready_pool, feeds.nobody_ready) as ready_pool,
    coalesce(enrollments.pathway_enrollments, feeds.no_enrollments) as pathway_enrollments,
    coalesce(enrollments.pathway_completed, feeds.no_enrollments) as pathway_completed,
    coalesce(enrollments.promoted_since, feeds.no_enrollments) as promoted_since
from cells
cross join feeds
left join openings
    on cells.quarter = openings.quarter and cells.site_id is not distinct from openings.site_id
left join pool
    on cells.quarter = pool.quarter and cells.site_id is not distinct from pool.site_id
left join enrollments
    on cells.quarter = enrollments.quarter and cells.site_id is not distinct from enrollments.site_id
