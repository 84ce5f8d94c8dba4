-- Grain: a target, as its source has it now: (source, record_key).
select
    r.source,
    {{ record_key(['r.metric', 'r.site_id', 'r.effective_on']) }} as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.metric,
    r.site_id,
    r.target,
    r.effective_on
from {{ source('landing', 'targets') }} as r
