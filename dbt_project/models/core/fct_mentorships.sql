-- Grain: a mentorship begun by as_of_on. One that ended before it began, or of somebody with themselves, is none
-- (quality.contradictions).
select
    mentor_key,
    mentee_key,
    started_on,
    case when ended_on <= {{ as_of_on() }} then ended_on end as ended_on
from {{ ref('stg_hr__mentorships') }}
where
    started_on <= {{ as_of_on() }}
    and coalesce(ended_on >= started_on, true)
    and mentor_key != mentee_key
