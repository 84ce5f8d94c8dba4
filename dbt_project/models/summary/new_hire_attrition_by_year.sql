-- Grain: a year of hire and a cell of the lattice, no tiers (year, level, region, site_id).
with cells as (
    select * from {{ ref('int_summary_cells') }}
    where family = 'hires'
)

select
    cells.starts_on as year,
    {{ summary_place('cells', has_tier=false) }},
    90 as days,
    {{ summary_count('cells', 'n3') }} as hires,
    {{ summary_count('cells', 'n2') }} as "left",
    {{ summary_count('cells', 'n1') }} as left_voluntarily,
    {{ share_columns(summary_rated('cells', 'n2'), summary_rated('cells', 'n3'), 'left_share') }},
    {{ share_columns(summary_rated('cells', 'n1'), summary_rated('cells', 'n3'), 'left_voluntarily_share') }},
    {{ summary_rated('cells', 'n2') }} < 20 as is_unstable,
    {{ summary_hidden('cells') }}
from cells
