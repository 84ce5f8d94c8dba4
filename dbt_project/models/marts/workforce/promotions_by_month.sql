-- Grain: a month, site and tier (month, site_id, tier); promotions count where they came from, every class.
with walk as (
    select
        month,
        site_id,
        tier,
        sum(person_days) as person_days,
        sum(unwatched_person_days) as unwatched_person_days,
        sum(promotions_out) as promotions
    from {{ ref('int_watched_walk') }}
    group by month, site_id, tier
),

promotions as (
    select
        {{ month_of('steps.promoted_on') }} as month,
        steps.from_site_id as site_id,
        steps.from_tier as tier,
        median(steps.days_in_from_tier) as median_days_in_from_tier,
        count(case when steps.requirements_total > 0 then 1 end) as promotions_with_requirements,
        count(case when steps.requirements_total > 0 and steps.requirements_met = steps.requirements_total then 1 end)
            as promotions_requirements_met
    from {{ ref('fct_promotions') }} as steps
    left join {{ ref('int_watched_from') }} as watched on steps.employee_key = watched.employee_key
    where coalesce(steps.promoted_on > watched.watched_from_on, true)
    group by {{ month_of('steps.promoted_on') }}, steps.from_site_id, steps.from_tier
),

cells as (
    select site_id, tier, min(month) as first_month
    from walk
    group by site_id, tier
),

every_month as (
    select
        months.month,
        months.last_day_on,
        cells.site_id,
        cells.tier,
        coalesce(walk.person_days, 0) / 365.25 as person_years,
        coalesce(walk.unwatched_person_days, 0) as unwatched_person_days,
        coalesce(walk.promotions, 0) as promotions
    from cells
    inner join {{ ref('dim_months') }} as months on cells.first_month <= months.month
    left join walk
        on months.month = walk.month
        and cells.site_id is not distinct from walk.site_id
        and cells.tier = walk.tier
),

last_year as (
    select
        *,
        sum(person_years) over last_12 as person_years_12m,
        sum(unwatched_person_days) over last_12 as unwatched_person_days_12m,
        sum(promotions) over last_12 as promotions_12m
    from every_month
    window last_12 as (partition by site_id, tier order by month rows between 11 preceding and current row)
)

select
    last_year.month,
    last_year.site_id,
    last_year.tier,
    cast(last_year.promotions as bigint) as promotions,
    last_year.person_years,
    {{ rate_columns('last_year.promotions', 'last_year.person_years', 'promotion_rate') }},
    last_year.promotions < 20 as is_unstable,
    cast(last_year.promotions_12m as bigint) as promotions_12m,
    last_year.person_years_12m,
    {{ rate_columns('last_year.promotions_12m', 'last_year.person_years_12m', 'promotion_rate_12m') }},
    last_year.promotions_12m < 20 as is_unstable_12m,
    {{ is_month_covered('last_year.last_day_on', 'last_year.person_years', 'last_year.unwatched_person_days') }}
        as is_covered,
    promotions.median_days_in_from_tier,
    promotions.promotions_with_requirements,
    promotions.promotions_requirements_met,
    {{ share_columns(
        'promotions.promotions_requirements_met',
        'promotions.promotions_with_requirements',
        'requirements_met_share',
    ) }}
from last_year
left join promotions
    on last_year.month = promotions.month
    and last_year.site_id is not distinct from promotions.site_id
    and last_year.tier = promotions.tier
where last_year.person_years_12m > 0 or last_year.promotions_12m > 0 or last_year.unwatched_person_days_12m > 0
