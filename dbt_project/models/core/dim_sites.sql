-- Grain: a site (site_id).
select
    site_id,
    name,
    region,
    state,
    site_type,
    opened_on,
    closed_on,
    program_started_on
from {{ ref('stg_program__sites') }}
qualify {{ is_newest('site_id') }}
