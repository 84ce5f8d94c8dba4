-- Grain: an enrolment in a pathway begun by as_of_on.
select
    employee_key,
    pathway,
    started_on,
    case when ended_on <= {{ as_of_on() }} then ended_on end as ended_on,
    -- An outcome is dated by the end; one without a date is taken as known.
    case when coalesce(ended_on, started_on) <= {{ as_of_on() }} then outcome end as outcome
from {{ ref('stg_hr__pathway_enrollments') }}
where started_on <= {{ as_of_on() }}
