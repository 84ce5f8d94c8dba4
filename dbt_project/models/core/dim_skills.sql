-- Grain: a skill (skill_id).
select
    skill_id,
    name,
    track,
    requalify_months,
    fail_suspends
from {{ ref('stg_program__skills') }}
qualify {{ is_newest('skill_id') }}
