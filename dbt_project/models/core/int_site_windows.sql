-- Grain: a spell of a person at a site, with the days for which it says where they were (employee_key, answers_from).
--
-- The site held on a day, else the first one held after it: each spell also answers for the gap before it.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
select
    employee_key,
    site_id,
    coalesce(
        lag(ended_on) over (partition by employee_key order by started_on), {{ beginning_of_time() }}
    ) as answers_from,
    coalesce(ended_on, {{ end_of_time() }}) as answers_until
from {{ ref('fct_job_spells') }}
where site_id is not null
