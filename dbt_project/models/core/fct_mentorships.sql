-- Grain: a mentorship begun by as_of_on.
select
    mentor_key,
    mentee_key,
    started_on,
    case when ended_on <= {{ as_of_on() }} then ended_on end as ended_on
from {{ ref('stg_hr__mentorships') }}
where started_on <= {{ as_of_on() }}
