-- Grain: an assignment whose record a later batch took back, as it last was.
select
    assignments.employee_key,
    assignments.course_id,
    courses.category,
    site_windows.site_id,
    assignments.assigned_on,
    assignments.first_due_on,
    assignments.is_required
from {{ removed(ref('stg_lms__assignments')) }} as assignments
left join {{ ref('dim_courses') }} as courses on assignments.course_id = courses.course_id
left join {{ ref('int_site_windows') }} as site_windows
    on assignments.employee_key = site_windows.employee_key
    and assignments.assigned_on >= site_windows.answers_from
    and assignments.assigned_on < site_windows.answers_until
where
    assignments.removed_by_seq > assignments.batch_seq
    and assignments.assigned_on <= {{ as_of_on() }}
