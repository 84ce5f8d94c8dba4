-- Grain: a continuing-education credit that two sources tell of (employee_key, source, earned_on, hours,
-- duplicate_number).
select
    employee_key,
    source,
    earned_on,
    hours,
    cast(row_number() over (
        partition by employee_key, source, earned_on, hours order by record_key
    ) as integer) as duplicate_number,
    kept_source,
    kept_earned_on,
    case when is_same_title then 'title' else 'provider' end as alike_by
from {{ ref('int_ce_duplicates') }}
