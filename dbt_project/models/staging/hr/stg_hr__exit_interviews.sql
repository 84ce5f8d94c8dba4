-- Grain: an interview, as its source has it now: (source, record_key).
{{ config(date_column='interviewed_on', person_column='employee_key') }}
select
    r.source,
    {{ record_key(['r.employee_id', 'r.interviewed_on']) }} as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    {{ person('employee_id') }},
    r.interviewed_on,
    r.primary_reason,
    r.growth_visibility,
    r.would_return,
    r.comments
from {{ source('landing', 'exit_interviews') }} as r
{{ join_persons(['employee_id']) }}
