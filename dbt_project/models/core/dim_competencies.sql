-- Grain: a competency (competency_id).
select
    competency_id,
    name,
    tier,
    is_checklist_item
from {{ ref('stg_hr__competencies') }}
qualify {{ is_newest('competency_id') }}
