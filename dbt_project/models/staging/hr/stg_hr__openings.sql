-- Grain: an opening, as its source has it now: (source, record_key).
{{ config(date_column='opened_on') }}
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
    filler.employee_key as filled_by_key,
    r.cost
from {{ source('landing', 'openings') }} as r
left join {{ source('control', 'employee_keys') }} as filler on r.filled_by = filler.employee_id
