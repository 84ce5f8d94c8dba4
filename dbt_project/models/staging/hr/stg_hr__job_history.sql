-- Grain: a job event, as its source has it now: (source, record_key).
{{ config(date_column='effective_on', person_column='employee_key', tracks_changes=true) }}
select
    r.source,
    {{ record_key(['r.employee_id', 'r.effective_on', 'r.sequence']) }} as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    {{ person('employee_id') }},
    r.effective_on,
    r.sequence,
    r.event,
    r.job_code,
    r.site_id,
    {{ person('manager_id') }},
    r.employment_class,
    r.fte,
    r.hourly_rate,
    case when r.event = 'termination' then coalesce(r.separation_type, 'unknown') end as separation_type,
    r.reason
from {{ source('landing', 'job_history') }} as r
{{ join_persons(['employee_id', 'manager_id']) }}
