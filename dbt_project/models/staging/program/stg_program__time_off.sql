-- Grain: a time away, as its source has it now: (source, record_key).
{{ config(date_column='from_on', person_column='employee_key') }}
select
    r.source,
    r.time_off_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    {{ person('employee_id') }},
    r.from_on,
    r.to_on,
    r.kind,
    coalesce(r.status, 'approved') as status
from {{ source('landing', 'time_off') }} as r
{{ join_persons(['employee_id']) }}
