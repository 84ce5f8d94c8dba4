-- Grain: a CE credit, as its source has it now: (source, record_key).
{{ config(date_column='earned_on', person_column='employee_key') }}
select
    r.source,
    r.ce_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    {{ person('employee_id') }},
    r.earned_on,
    r.hours,
    r.topic,
    r.audience,
    coalesce(r.is_accepted, true) as is_accepted,
    r.provider,
    r.title
from {{ source('landing', 'ce_credits') }} as r
{{ join_persons(['employee_id']) }}
