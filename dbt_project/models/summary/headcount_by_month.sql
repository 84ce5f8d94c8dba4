-- Grain: a cell of the lattice at a month's end (month, level, region, site_id, tier).
with cells as (
    select * from {{ ref('int_summary_cells') }}
    where family = 'headcount'
)

select
    cells.starts_on as month,
    {{ summary_place('cells') }},
    {{ summary_count('cells', 'n1') }} as headcount,
    {{ summary_hidden('cells') }}
from cells
