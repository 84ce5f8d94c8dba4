-- Grain: a completion of a course, passed or failed, by as_of_on; a person may complete a course twice on one day.
{{ config(
    materialized='by_subject',
    subject=['employee_key', 'course_id'],
    changed_subjects="
        select employee_key, course_id from {{ changed(ref('stg_lms__completions')) }}
        union all
        select employee_key, course_id from {{ ref('stg_lms__completions') }}
        where {{ came_into_view('completed_on') }}
    ",
) }}
select
    employee_key,
    course_id,
    completed_on,
    score,
    passed as is_passed,
    hours
from {{ ref('stg_lms__completions') }}
where
    completed_on <= {{ as_of_on() }}
{% if is_partial() %}
    and (employee_key, course_id) in (select employee_key, course_id from {{ changed_subjects() }})
    {% endif %}
