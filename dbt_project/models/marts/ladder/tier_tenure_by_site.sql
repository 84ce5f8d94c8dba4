-- Grain: a tier and the site that spells in it began at (tier, site_id).
select tier, site_id, {{ tenure_summary() }}
from {{ ref('int_tenure_curves_by_site') }}
group by tier, site_id
