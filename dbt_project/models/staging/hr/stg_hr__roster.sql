-- Grain: a person on a list, as its source has it now: (source, record_key).
{{ config(date_column='as_of_on', person_column='employee_key', tracks_changes=true) }}
select
    r.source,
    {{ record_key(['r.employee_id', 'r.as_of_on']) }} as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    {{ person('employee_id') }},
    r.as_of_on,
    r.full_name,
    r.work_email,
    r.hired_on,
    r.terminated_on,
    r.separation_type,
    r.reason,
    r.job_code,
    r.site_id,
    {{ person('manager_id') }},
    r.employment_class,
    r.fte,
    r.hourly_rate
from {{ source('landing', 'roster') }} as r
{{ join_persons(['employee_id', 'manager_id']) }}
