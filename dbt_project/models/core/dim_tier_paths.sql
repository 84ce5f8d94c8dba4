-- Grain: a step that the ladder allows (from_tier, to_tier).
select distinct from_tier, to_tier
from {{ ref('stg_program__tier_paths') }}
