-- Grain: a rule, as its source has it now: (source, record_key).
select
    r.source,
    r.rule_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.rule_id,
    r.credential_code,
    r.months,
    r.state,
    coalesce(r.clock, 'hire') as clock,
    r.registration_code
from {{ source('landing', 'certification_rules') }} as r
