-- Grain: a last day that a source told of (source, employee_key, last_day_on), with the batch that told of it first.
--
-- Apart from stg_hr__job_history, which holds only the newest row of each record: how late news come is said by the
-- first one. Nothing is ever taken back here. Keys are those of the ids by themselves (int_employee_keys.own_key).
{{ config(
    materialized='by_subject',
    subject=['source', 'employee_key', 'last_day_on'],
    changed_subjects="
        select jobs.source, people.employee_key, jobs.effective_on as last_day_on
        from {{ source('landing', 'job_history') }} as jobs
        inner join {{ source('control', 'employee_keys') }} as people on jobs.employee_id = people.employee_id
        where jobs.event = 'termination' and not jobs.is_deleted
        except
        select source, employee_key, last_day_on from {{ this }}
    ",
) }}
select
    jobs.source,
    people.employee_key,
    jobs.effective_on as last_day_on,
    min(jobs.batch_seq) as first_batch_seq
from {{ source('landing', 'job_history') }} as jobs
inner join {{ source('control', 'employee_keys') }} as people on jobs.employee_id = people.employee_id
{% if is_partial() %}
inner join {{ changed_subjects() }} as news
    on jobs.source = news.source
    and people.employee_key = news.employee_key
    and jobs.effective_on = news.last_day_on
{% endif %}
where jobs.event = 'termination' and not jobs.is_deleted
group by jobs.source, people.employee_key, jobs.effective_on
