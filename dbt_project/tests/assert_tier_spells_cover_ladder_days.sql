-- The days of a person's tier spells are exactly the days with a tier in their job spells: the two are cut from the
-- same history by different rules, and every tenure figure rests on the one, every headcount on the other.
with job_days as (
    select employee_key, tier, sum(coalesce(ended_on, {{ as_of_on() }} + 1) - started_on) as days
    from {{ ref('fct_job_spells') }}
    where tier is not null
    group by employee_key, tier
),

tier_days as (
    select employee_key, tier, sum(days) as days
    from {{ ref('fct_tier_spells') }}
    group by employee_key, tier
)

select
    coalesce(job_days.employee_key, tier_days.employee_key) as employee_key,
    job_days.days as days_in_job_spells,
    tier_days.days as days_in_tier_spells
from job_days
full join tier_days on job_days.employee_key = tier_days.employee_key and job_days.tier = tier_days.tier
where job_days.days is distinct from tier_days.days
