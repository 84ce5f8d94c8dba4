-- Grain: a requirement from a day on, as its source has it now: (source, record_key).
select
    r.source,
    {{ record_key(['r.tier', 'r.requirement_id', 'r.effective_on']) }} as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.tier,
    r.requirement_id,
    r.kind,
    r.target,
    r.threshold,
    r.effective_on,
    r.retired_on
from {{ source('landing', 'tier_requirements') }} as r
