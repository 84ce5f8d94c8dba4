-- Grain: an unbroken run of days in one employment at one rate and full-time share (employee_key, started_on).
with states as (
    select *
    from {{ ref('int_job_events') }}
    where is_last_of_day
    qualify
        (hourly_rate, fte) is distinct from lag((hourly_rate, fte))
            over (partition by employee_key, employment_number order by counts_on)
)

select
    states.employee_key,
    states.employment_number,
    states.counts_on as started_on,
    coalesce(
        lead(states.counts_on) over (
            partition by states.employee_key, states.employment_number order by states.counts_on
        ),
        employments.ended_on
    ) as ended_on,
    states.hourly_rate as hourly_rate_usd,
    states.fte
from states
inner join {{ ref('fct_employments') }} as employments
    on states.employee_key = employments.employee_key
    and states.employment_number = employments.employment_number
