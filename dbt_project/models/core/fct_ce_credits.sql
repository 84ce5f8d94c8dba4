-- Grain: a continuing-education credit earned by as_of_on; its title stays in the source.
select
    employee_key,
    earned_on,
    hours,
    topic,
    is_accepted,
    provider
from {{ ref('stg_credentials__ce_credits') }}
where earned_on <= {{ as_of_on() }}
