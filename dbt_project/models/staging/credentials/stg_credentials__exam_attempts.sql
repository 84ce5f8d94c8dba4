-- Grain: an attempt, as its source has it now: (source, record_key).
{{ config(date_column='taken_on', person_column='employee_key') }}
select
    r.source,
    r.attempt_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    {{ person('employee_id') }},
    r.exam_code,
    r.is_practice,
    r.taken_on,
    r.score,
    r.passed,
    r.medications,
    r.federal_requirements,
    r.patient_safety,
    r.order_entry
from {{ source('landing', 'exam_attempts') }} as r
{{ join_persons(['employee_id']) }}
