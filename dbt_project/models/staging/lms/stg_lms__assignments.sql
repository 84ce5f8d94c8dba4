-- Grain: an assignment, as its source has it now: (source, record_key).
{{ config(
    date_column='assigned_on',
    person_column='employee_key',
    first_landed={'due_on': 'first_due_on'},
    tracks_changes=true,
) }}
select
    r.source,
    r.assignment_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    {{ person('employee_id') }},
    r.course_id,
    r.assigned_on,
    r.due_on,
    coalesce(r.is_required, true) as is_required,
    r.waived_on
from {{ source('landing', 'assignments') }} as r
{{ join_persons(['employee_id']) }}
