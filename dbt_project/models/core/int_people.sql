-- Grain: a person as a source names them (source, employee_key): by the feed employees, else by the newest list.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}

with listed as (
    select
        source,
        employee_key,
        full_name,
        work_email,
        batch_seq,
        row_in_batch,
        row_number() over (partition by source, employee_key order by as_of_on desc) as recency
    from {{ ref('stg_hr__roster') }}
)

select source, employee_key, full_name, work_email, batch_seq, row_in_batch from {{ ref('stg_hr__employees') }}
union all
select source, employee_key, full_name, work_email, batch_seq, row_in_batch
from listed
where
    recency = 1
    and not exists (
        select 1
        from {{ ref('stg_hr__employees') }} as named
        where named.employee_key = listed.employee_key
    )
