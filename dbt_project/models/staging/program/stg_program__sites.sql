-- Grain: a site, as its source has it now: (source, record_key).
select
    r.source,
    r.site_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.site_id,
    r.name,
    r.region,
    r.state,
    r.site_type,
    r.opened_on,
    r.closed_on,
    r.program_started_on
from {{ source('landing', 'sites') }} as r
