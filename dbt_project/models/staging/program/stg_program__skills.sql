-- Grain: a skill, as its source has it now: (source, record_key).
{{ config(tracks_changes=true) }}
select
    r.source,
    r.skill_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.skill_id,
    r.name,
    r.track,
    r.requalify_months,
    coalesce(r.fail_suspends, false) as fail_suspends
from {{ source('landing', 'skills') }} as r
