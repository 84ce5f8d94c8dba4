-- Grain: what is aimed at for a figure, from a day on (metric, site_id, effective_on); site_id null = everywhere.
select
    metric,
    site_id,
    effective_on,
    target
from {{ ref('stg_program__targets') }}
where target is not null
qualify {{ is_newest('metric, site_id, effective_on') }}
