-- Grain: a course of the catalogue (course_id).
select
    course_id,
    title,
    category,
    skill_id,
    duration_hours,
    seat_cost as seat_cost_usd
from {{ ref('stg_lms__courses') }}
qualify {{ is_newest('course_id') }}
