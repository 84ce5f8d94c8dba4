-- Grain: a reward (source, record_key).
select
    source,
    record_key,
    employee_key,
    granted_on,
    kind,
    amount as amount_usd
from {{ ref('stg_hr__rewards') }}
