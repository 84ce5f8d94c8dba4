-- Grain: a mentorship, as its source has it now: (source, record_key).
{{ config(date_column='started_on', person_column='mentee_key') }}
select
    r.source,
    r.mentorship_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    {{ person('mentor_id') }},
    {{ person('mentee_id') }},
    r.started_on,
    r.ended_on
from {{ source('landing', 'mentorships') }} as r
{{ join_persons(['mentor_id', 'mentee_id']) }}
