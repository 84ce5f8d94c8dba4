-- Grain: a job spell in the ladder, with the days at whose end it counts in a headcount (employee_key, started_on).
-- Those whose last day is a period's end are no longer counted then: counted_until leaves that day out.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
select
    job_spells.employee_key,
    job_spells.site_id,
    job_spells.tier,
    job_spells.started_on,
    coalesce(
        case
            when job_spells.ended_on = employments.ended_on then {{ add_days('job_spells.ended_on', -1) }}
            else job_spells.ended_on
        end,
        {{ end_of_time() }}
    ) as counted_until
from {{ ref('fct_job_spells') }} as job_spells
inner join {{ ref('fct_employments') }} as employments
    on job_spells.employee_key = employments.employee_key
    and job_spells.employment_number = employments.employment_number
where job_spells.tier is not null
