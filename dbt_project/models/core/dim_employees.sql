-- Grain: a person whom the HR feeds name (employee_key).
with people as (
    select employee_key from {{ ref('int_people') }}
    union
    select employee_key from {{ ref('int_job_rows') }}
),

first_employments as (
    select employee_key, case when start_event != 'unknown' then started_on end as first_hired_on
    from {{ ref('fct_employments') }}
    where employment_number = 1
),

current_employments as (
    select employee_key, case when start_event != 'unknown' then started_on end as hired_on
    from {{ ref('fct_employments') }}
    where ended_on is null
),

current_jobs as (
    select employee_key, tier, site_id, manager_key, employment_class
    from {{ ref('fct_job_spells') }}
    where ended_on is null
),

incomplete as (
    select distinct employee_key from {{ ref('int_incomplete_histories') }}
)

select
    people.employee_key,
    first_employments.first_hired_on,
    current_jobs.employee_key is not null as is_active,
    current_jobs.tier,
    tiers.track,
    current_jobs.site_id,
    current_jobs.manager_key,
    current_jobs.employment_class,
    {{ days_between('current_employments.hired_on', as_of_on()) }} + 1 as tenure_days,
    incomplete.employee_key is not null as is_history_incomplete
from people
left join first_employments on people.employee_key = first_employments.employee_key
left join current_employments on people.employee_key = current_employments.employee_key
left join current_jobs on people.employee_key = current_jobs.employee_key
left join {{ ref('dim_tiers') }} as tiers on current_jobs.tier = tiers.tier
left join incomplete on people.employee_key = incomplete.employee_key
