-- Grain: an opening and an unbroken time in which it was there and its job had one tier (opening_id, from_on).
--
-- The day it was filled is the last one; one that was filled before it was opened was there on none.
{{ config(materialized='table', database='build', schema='staging', contract={'enforced': false}) }}
select
    openings.opening_id,
    openings.site_id,
    periods.tier,
    greatest(openings.opened_on, periods.valid_from) as from_on,
    least({{ add_days('coalesce(openings.filled_on, ' ~ add_days(end_of_time(), -1) ~ ')', 1) }}, periods.valid_to)
        as until_on
from {{ ref('fct_openings') }} as openings
inner join {{ ref('int_job_tier_periods') }} as periods
    on openings.job_code = periods.job_code
    and openings.opened_on < periods.valid_to
    and coalesce(openings.filled_on, {{ end_of_time() }}) >= periods.valid_from
where periods.tier is not null and coalesce(openings.filled_on >= openings.opened_on, true)
