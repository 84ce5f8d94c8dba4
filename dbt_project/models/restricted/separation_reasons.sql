-- Grain: an employment that ended by as_of_on (employee_key, last_day_on).
select
    employee_key,
    counts_on as last_day_on,
    separation_type,
    reason as reason_as_written
from {{ ref('int_job_events') }}
where role = 'ends'
