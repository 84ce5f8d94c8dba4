-- Grain: a reward granted by as_of_on. Private: amounts of single people are pay.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
select employee_key, granted_on, kind, amount as amount_usd
from {{ ref('stg_hr__rewards') }}
where granted_on <= {{ as_of_on() }}
