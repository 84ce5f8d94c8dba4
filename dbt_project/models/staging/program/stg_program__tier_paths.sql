-- Grain: a step of the ladder, as its source has it now: (source, record_key).
select
    r.source,
    {{ record_key(['r.from_tier', 'r.to_tier']) }} as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.from_tier,
    r.to_tier
from {{ source('landing', 'tier_paths') }} as r
