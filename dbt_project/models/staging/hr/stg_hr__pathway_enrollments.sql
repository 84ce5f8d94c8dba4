-- Grain: an enrolment, as its source has it now: (source, record_key).
{{ config(date_column='started_on', person_column='employee_key') }}
select
    r.source,
    r.enrollment_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    {{ person('employee_id') }},
    r.pathway,
    r.started_on,
    r.ended_on,
    r.outcome
from {{ source('landing', 'pathway_enrollments') }} as r
{{ join_persons(['employee_id']) }}
