-- Grain: month x site (month, site_id): what completions of courses cost there since the program was announced. Private
-- by what it is made from; it holds sums.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
select
    {{ month_of('completions.completed_on') }} as month,
    days.site_id,
    count(*) as completions,
    count(courses.seat_cost_usd) as with_seat_cost,
    sum(courses.seat_cost_usd) as seats_usd,
    count(coalesce(completions.hours, courses.duration_hours) * days.hourly_rate_usd) as with_pay,
    sum(coalesce(completions.hours, courses.duration_hours) * days.hourly_rate_usd) as wages_usd
from {{ ref('fct_completions') }} as completions
inner join {{ ref('int_program_days') }} as days
    on completions.employee_key = days.employee_key
    and completions.completed_on >= days.started_on
    and completions.completed_on < days.ended_on
left join {{ ref('dim_courses') }} as courses on completions.course_id = courses.course_id
group by {{ month_of('completions.completed_on') }}, days.site_id
