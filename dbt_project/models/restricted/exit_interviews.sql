-- Grain: an exit interview (source, record_key).
select
    source,
    record_key,
    employee_key,
    interviewed_on,
    primary_reason,
    growth_visibility,
    would_return,
    comments
from {{ ref('stg_hr__exit_interviews') }}
