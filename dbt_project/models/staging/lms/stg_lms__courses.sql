-- Grain: a course, as its source has it now: (source, record_key).
{{ config(tracks_changes=true) }}
select
    r.source,
    r.course_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.course_id,
    r.title,
    r.category,
    r.skill_id,
    r.duration_hours,
    r.seat_cost
from {{ source('landing', 'courses') }} as r
