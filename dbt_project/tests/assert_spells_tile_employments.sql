-- Every day of an employment lies in exactly one job spell, and employments of a person do not overlap. A gap or an
-- overlap would count somebody zero times or twice in every headcount.
with spells as (
    select
        employee_key,
        employment_number,
        started_on,
        ended_on,
        lag(ended_on) over in_employment as ended_before,
        lead(started_on) over in_employment as next_started_on
    from {{ ref('fct_job_spells') }}
    window in_employment as (partition by employee_key, employment_number order by started_on)
),

employments as (
    select
        *,
        lead(started_on) over (partition by employee_key order by employment_number) as next_started_on
    from {{ ref('fct_employments') }}
)

select employments.employee_key, employments.employment_number
from employments
left join spells
    on employments.employee_key = spells.employee_key
    and employments.employment_number = spells.employment_number
where
    spells.employee_key is null
    or coalesce(spells.ended_before, employments.started_on) != spells.started_on
    or coalesce(spells.next_started_on, employments.ended_on) is distinct from spells.ended_on
    or spells.started_on >= spells.ended_on
    or employments.started_on >= employments.ended_on
    or employments.next_started_on < employments.ended_on
    or (employments.next_started_on is not null and employments.ended_on is null)
