-- Grain: a cell of the lattice, no tiers, in a month or a year of due dates (period, starts_on, level, region,
-- site_id).
with cells as (
    select * from {{ ref('int_summary_cells') }}
    where family = 'training'
)

select
    {{ summary_period('cells') }},
    {{ summary_place('cells', has_tier=false) }},
    {{ summary_count('cells', 'n3') }} as assignments_due,
    {{ summary_count('cells', 'n2') }} as completed,
    {{ summary_count('cells', 'n1') }} as completed_on_time,
    {{ share(summary_rated('cells', 'n2'), summary_rated('cells', 'n3'), 'completed_rate') }},
    {{ share(summary_rated('cells', 'n1'), summary_rated('cells', 'n3'), 'completed_on_time_rate') }},
    {{ summary_rated('cells', 'n3') }} < 20 as is_unstable,
    {{ summary_hidden('cells') }}
from cells
