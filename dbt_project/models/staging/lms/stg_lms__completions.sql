-- Grain: a completion, as its source has it now (source, record_key, completed_on): one whose date a later batch moved by
-- more than 90 days stays beside the later one, since some learning systems know only the last time.
{{ config(
    date_column='completed_on',
    person_column='employee_key',
    tracks_changes=true,
    keeps_moved={'date': 'completed_on', 'days': 90},
) }}
select
    r.source,
    r.completion_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    {{ person('employee_id') }},
    r.course_id,
    r.completed_on,
    r.score,
    coalesce(r.passed, true) as passed,
    r.hours
from {{ source('landing', 'completions') }} as r
{{ join_persons(['employee_id']) }}
