-- Grain: outcome x month x site with anybody on the ladder (outcome, month, site_id): person-time and events while
-- people were watched, and the part of both from the day of the program's start on, to the day also in the month of the
-- start. Private.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with sites as (
    select
        site_id,
        case when program_started_on <= {{ as_of_on() }} then program_started_on end as program_started_on
    from {{ ref('dim_sites') }}
),

walk as (
    select *, employment_class in ('full_time', 'part_time', 'unknown') as is_counted
    from {{ ref('int_watched_walk') }}
),

months as (
    select
        'voluntary_turnover' as outcome,
        month,
        site_id,
        sum(person_days) as person_days,
        sum(separations_voluntary) as events
    from walk
    where is_counted
    group by month, site_id
    having sum(person_days) > 0 or sum(unwatched_person_days) = 0
    union all
    select 'promotion' as outcome, month, site_id, sum(person_days) as person_days, sum(promotions_out) as events
    from walk
    group by month, site_id
    having sum(person_days) > 0 or sum(unwatched_person_days) = 0
),

-- Only the month of the start has to be cut.
days_since_start as (
    select
        job_spells.site_id,
        job_spells.employment_class in ('full_time', 'part_time', 'unknown') as is_counted,
        {{ days_between(
            'greatest(job_spells.started_on, sites.program_started_on, watched.watched_from_on)',
            'least(' ~ next_month_of('sites.program_started_on') ~ ', coalesce(job_spells.ended_on, '
                ~ add_days(as_of_on(), 1) ~ '), ' ~ add_days(as_of_on(), 1) ~ ')'
        ) }} as days
    from {{ ref('fct_job_spells') }} as job_spells
    inner join sites on job_spells.site_id = sites.site_id
    left join {{ ref('int_watched_from') }} as watched on job_spells.employee_key = watched.employee_key
    where job_spells.tier is not null
        and coalesce(watched.watched_from_on < least(
            job_spells.ended_on, {{ next_month_of('sites.program_started_on') }}, {{ add_days(as_of_on(), 1) }}
        ), true)
        and job_spells.started_on < {{ next_month_of('sites.program_started_on') }}
        and coalesce(job_spells.ended_on, {{ end_of_time() }}) > sites.program_started_on
),

since_start as (
    select 'voluntary_turnover' as outcome, site_id, days, 0 as events
    from days_since_start
    where is_counted
    union all
    select 'promotion' as outcome, site_id, days, 0 as events
    from days_since_start
    union all
    select 'voluntary_turnover' as outcome, separations.site_id, 0 as days, 1 as events
    from {{ ref('fct_separations') }} as separations
    inner join sites on separations.site_id = sites.site_id
    left join {{ ref('int_watched_from') }} as watched on separations.employee_key = watched.employee_key
    where separations.separation_type = 'voluntary'
        and separations.tier is not null
        and separations.employment_class in ('full_time', 'part_time', 'unknown')
        and coalesce(separations.last_day_on >= watched.watched_from_on, true)
        and separations.last_day_on >= sites.program_started_on
        and separations.last_day_on < {{ next_month_of('sites.program_started_on') }}
    union all
    select 'promotion' as outcome, promotions.from_site_id as site_id, 0 as days, 1 as events
    from {{ ref('fct_promotions') }} as promotions
    inner join sites on promotions.from_site_id = sites.site_id
    left join {{ ref('int_watched_from') }} as watched on promotions.employee_key = watched.employee_key
    where coalesce(promotions.promoted_on > watched.watched_from_on, true)
        and promotions.promoted_on >= sites.program_started_on
        and promotions.promoted_on < {{ next_month_of('sites.program_started_on') }}
),

first_months as (
    select outcome, site_id, sum(days) as person_days, sum(events) as events
    from since_start
    group by outcome, site_id
),

placed as (
    select
        months.*,
        sites.program_started_on,
        {{ months_between('sites.program_started_on', 'months.month') }} as program_month
    from months
    inner join sites on months.site_id = sites.site_id
)

select
    placed.outcome,
    placed.month,
    placed.site_id,
    placed.program_started_on,
    placed.program_month,
    placed.person_days / 365.25 as person_years,
    case
        when placed.program_month > 0 then placed.person_days
        when placed.program_month = 0 then coalesce(first_months.person_days, 0)
        else 0
    end / 365.25 as treated_person_years,
    cast(placed.events as bigint) as events,
    cast(case
        when placed.program_month > 0 then placed.events
        when placed.program_month = 0 then coalesce(first_months.events, 0)
        else 0
    end as bigint) as treated_events
from placed
left join first_months on placed.outcome = first_months.outcome and placed.site_id = first_months.site_id
