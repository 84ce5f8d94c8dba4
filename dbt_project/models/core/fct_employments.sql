-- Grain: an employment of a person (employee_key, employment_number).
with employments as (
    select
        employee_key,
        employment_number,
        min(counts_on) as started_on,
        {{ add_days("max(case when role = 'ends' then counts_on end)", 1) }} as ended_on,
        max(case when role = 'starts' then event end) as starting_event,
        max(case when role = 'ends' then separation_type end) as separation_type,
        max(case when role = 'ends' then reason end) as reason
    from {{ ref('int_job_events') }}
    where employment_number is not null
    group by employee_key, employment_number
),

reason_codes as (
    select reason, reason_code from {{ ref('int_separation_reasons') }}
)

select
    employments.employee_key,
    employments.employment_number,
    employments.started_on,
    employments.ended_on,
    case
        when employments.starting_event in ('hire', 'rehire') then employments.starting_event
        else 'unknown'
    end as start_event,
    employments.separation_type,
    -- What the HR system wrote may name people: only codes leave the restricted file.
    case when employments.reason is not null then coalesce(reason_codes.reason_code, 'other') end
        as separation_reason
from employments
left join reason_codes on {{ reason_text('employments.reason') }} = reason_codes.reason
