-- Grain: a month of hire, site and number of days (cohort_month, site_id, days); hires onto the ladder of known start.
-- Who was hired before anybody would have told that they left is left out.
with hires as (
    select
        employments.started_on,
        employments.ended_on,
        employments.separation_type,
        first_jobs.site_id
    from {{ ref('fct_employments') }} as employments
    inner join {{ ref('fct_job_spells') }} as first_jobs
        on employments.employee_key = first_jobs.employee_key
        and employments.started_on = first_jobs.started_on
    left join {{ ref('int_watched_from') }} as watched on employments.employee_key = watched.employee_key
    where employments.start_event != 'unknown'
        and first_jobs.tier is not null
        and coalesce(employments.started_on >= watched.watched_from_on, true)
),

horizons as (
    select unnest([90, 180, 365]) as days
),

watched as (
    select
        {{ month_of('hires.started_on') }} as cohort_month,
        hires.site_id,
        horizons.days,
        coalesce({{ days_between('hires.started_on', 'hires.ended_on') }} <= horizons.days, false) as has_left,
        hires.separation_type = 'voluntary' as is_voluntary
    from hires
    inner join horizons on {{ days_between('hires.started_on', as_of_on()) }} >= horizons.days
),

counted as (
    select
        cohort_month,
        site_id,
        days,
        count(*) as hires,
        count(case when has_left then 1 end) as hires_left,
        count(case when has_left and is_voluntary then 1 end) as left_voluntarily
    from watched
    group by cohort_month, site_id, days
)

select
    cohort_month,
    site_id,
    days,
    hires,
    hires_left as "left",
    left_voluntarily,
    {{ share_columns('hires_left', 'hires', 'left_share') }},
    {{ share_columns('left_voluntarily', 'hires', 'left_voluntarily_share') }},
    hires_left < 20 as is_unstable
from counted
