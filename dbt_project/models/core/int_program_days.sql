-- Grain: an unbroken run of days of a person at a site whose program had been announced, at one rate of pay
-- (employee_key, started_on). Private: it holds pay.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with days as (
    select
        job_spells.employee_key,
        job_spells.employment_number,
        job_spells.site_id,
        job_spells.tier,
        greatest(job_spells.started_on, pay_rates.started_on, sites.program_started_on) as started_on,
        least(
            coalesce(job_spells.ended_on, {{ add_days(as_of_on(), 1) }}),
            coalesce(pay_rates.ended_on, {{ add_days(as_of_on(), 1) }})
        ) as ended_on,
        pay_rates.hourly_rate_usd,
        coalesce(pay_rates.fte, 1) as fte
    from {{ ref('fct_job_spells') }} as job_spells
    inner join {{ ref('dim_sites') }} as sites on job_spells.site_id = sites.site_id
    inner join {{ ref('pay_rates') }} as pay_rates
        on job_spells.employee_key = pay_rates.employee_key
        and job_spells.employment_number = pay_rates.employment_number
    where sites.program_started_on is not null
)

select *
from days
where started_on < ended_on
