-- Grain: what the comparison of lists took to have happened to somebody (source, employee_key, effective_on, sequence).
select
    source,
    employee_key,
    effective_on,
    sequence,
    event,
    kind,
    earliest_on,
    latest_on,
    told_by_batch_seq
from {{ ref('int_roster_events') }}
