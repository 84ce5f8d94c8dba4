-- Grain: a cost, as its source has it now: (source, record_key).
{{ config(date_column='incurred_on') }}
select
    r.source,
    r.cost_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.incurred_on,
    r.category,
    r.amount,
    r.site_id
from {{ source('landing', 'program_costs') }} as r
