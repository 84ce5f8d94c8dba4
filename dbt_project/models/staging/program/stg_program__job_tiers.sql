-- Grain: a job code's tier from a day on, as its source has it now: (source, record_key).
select
    r.source,
    {{ record_key(['r.job_code', 'r.effective_on']) }} as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.job_code,
    r.effective_on,
    r.tier
from {{ source('landing', 'job_tiers') }} as r
