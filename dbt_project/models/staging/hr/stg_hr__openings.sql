-- Grain: an opening, as its source has it now: (source, record_key).
{{ config(date_column='opened_on', matched_on='coalesce(filled_on, opened_on)') }}
select
    r.source,
    r.opening_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.opening_id,
    r.site_id,
    r.job_code,
    r.opened_on,
    r.filled_on,
    r.fill_source,
    {{ person('filled_by') }},
    r.cost
from {{ source('landing', 'openings') }} as r
{{ join_persons(['filled_by']) }}
