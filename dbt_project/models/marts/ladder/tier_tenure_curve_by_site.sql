-- Grain: a tier, the site that spells in it began at, and a number of days at which one ended or was last seen
-- (tier, site_id, days).
select tier, site_id, {{ tenure_curve_columns() }}
from {{ ref('int_tenure_curves_by_site') }}
