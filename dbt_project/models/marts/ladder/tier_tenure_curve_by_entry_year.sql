-- Grain: a tier, the year that spells in it began in, and a number of days at which one ended or was last seen
-- (tier, entry_year, days).
with spells as (
    select *, cast(extract(year from started_on) as integer) as entry_year
    from {{ ref('fct_tier_spells') }}
),

{{ tenure_curves('spells', ['tier', 'entry_year']) }}

select tier, entry_year, {{ tenure_curve_columns() }}
from curves
