-- Grain: a requirement of a tier from a day on (to_tier, requirement_id, effective_on).
select
    tier as to_tier,
    requirement_id,
    effective_on,
    retired_on,
    kind,
    target,
    threshold
from {{ ref('stg_program__tier_requirements') }}
qualify {{ is_newest('tier, requirement_id, effective_on') }}
