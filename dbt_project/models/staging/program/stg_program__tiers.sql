-- Grain: a tier, as its source has it now: (source, record_key).
select
    r.source,
    r.tier as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.tier,
    r.title,
    r.track,
    r.rank,
    r.is_entry
from {{ source('landing', 'tiers') }} as r
