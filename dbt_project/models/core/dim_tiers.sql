-- Grain: a rung of the ladder (tier).
select
    tier,
    title,
    track,
    rank,
    is_entry
from {{ ref('stg_program__tiers') }}
qualify {{ is_newest('tier') }}
