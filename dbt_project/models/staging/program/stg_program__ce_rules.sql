-- Grain: what a credential asks of a topic, of an audience, or of both together, as its source has it now: (source, record_key).
select
    r.source,
    {{ record_key(['r.credential_code', 'r.topic', 'r.audience']) }} as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.credential_code,
    r.topic,
    r.audience,
    r.min_hours,
    r.max_hours
from {{ source('landing', 'ce_rules') }} as r
