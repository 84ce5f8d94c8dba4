-- Grain: an assumption, as its source has it now: (source, record_key).
select
    r.source,
    r.name as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.name,
    r.low,
    r.central,
    r.high,
    r.stated_source
from {{ source('landing', 'roi_assumptions') }} as r
