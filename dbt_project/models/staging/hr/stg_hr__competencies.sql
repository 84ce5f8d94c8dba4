-- Grain: a competency, as its source has it now: (source, record_key).
select
    r.source,
    r.competency_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.competency_id,
    r.name,
    r.tier,
    r.is_checklist_item
from {{ source('landing', 'competencies') }} as r
