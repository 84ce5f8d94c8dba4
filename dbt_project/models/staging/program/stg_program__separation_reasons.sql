-- Grain: a reason as written, as its source has it now: (source, record_key).
select
    r.source,
    r.reason as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.reason,
    r.reason_code,
    r.is_separation
from {{ source('landing', 'separation_reasons') }} as r
