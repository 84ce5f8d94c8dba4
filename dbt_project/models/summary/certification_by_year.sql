-- Grain: a year in which the clock started and a cell of the lattice, no tiers (year, level, region, site_id).
with cells as (
    select * from {{ ref('int_summary_cells') }}
    where family = 'certification'
)

select
    ({{ summary_goal() }}) as rule_id,
    cells.starts_on as year,
    {{ summary_place('cells', has_tier=false) }},
    {{ summary_count('cells', 'n3') }} as entrants,
    {{ summary_count('cells', 'n2') }} as matured,
    {{ summary_count('cells', 'n1') }} as certified_in_time,
    {{ share(summary_rated('cells', 'n1'), summary_rated('cells', 'n2'), 'certified_in_time_rate') }},
    {{ summary_rated('cells', 'n2') }} < 20 as is_unstable,
    {{ summary_hidden('cells') }}
from cells
