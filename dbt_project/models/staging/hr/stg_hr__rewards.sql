-- Grain: a reward, as its source has it now: (source, record_key).
{{ config(date_column='granted_on', person_column='employee_key') }}
select
    r.source,
    r.reward_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    {{ person('employee_id') }},
    r.granted_on,
    r.kind,
    r.amount
from {{ source('landing', 'rewards') }} as r
{{ join_persons(['employee_id']) }}
