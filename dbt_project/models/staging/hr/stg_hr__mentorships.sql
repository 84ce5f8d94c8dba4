-- Grain: a mentorship, as its source has it now: (source, record_key).
{{ config(date_column='started_on', person_column='mentee_key') }}
select
    r.source,
    r.mentorship_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    mentor.employee_key as mentor_key,
    mentee.employee_key as mentee_key,
    r.started_on,
    r.ended_on
from {{ source('landing', 'mentorships') }} as r
left join {{ source('control', 'employee_keys') }} as mentor on r.mentor_id = mentor.employee_id
left join {{ source('control', 'employee_keys') }} as mentee on r.mentee_id = mentee.employee_id
