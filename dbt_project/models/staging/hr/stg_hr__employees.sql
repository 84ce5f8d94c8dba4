-- Grain: a person as a source names them, as its source has it now: (source, record_key).
{{ config(person_column='employee_key') }}
select
    r.source,
    r.employee_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.employee_id,
    {{ person('employee_id') }},
    r.full_name,
    r.work_email
from {{ source('landing', 'employees') }} as r
{{ join_persons(['employee_id']) }}
