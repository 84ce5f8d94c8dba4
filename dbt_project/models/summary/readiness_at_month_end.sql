-- Grain: a cell of the lattice at a month's end, tier being the one reached for (month, level, region, site_id, tier).
with cells as (
    select * from {{ ref('int_summary_cells') }}
    where family = 'readiness'
)

select
    cells.starts_on as month,
    {{ summary_place('cells') }},
    {{ summary_count('cells', 'n3') }} as employees,
    {{ summary_count('cells', 'n2') }} as ready,
    {{ summary_count('cells', 'n1') }} as waiting_over_90_days,
    {{ share_columns(summary_rated('cells', 'n2'), summary_rated('cells', 'n3'), 'ready_share') }},
    {{ summary_hidden('cells') }}
from cells
