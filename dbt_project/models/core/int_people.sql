-- Grain: a person as a source names them, once an id: by the feed employees, else by the newest list.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}

with listed as (
    select
        source,
        employee_key,
        max_by(full_name, as_of_on) as full_name,
        max_by(work_email, as_of_on) as work_email,
        max_by(batch_seq, as_of_on) as batch_seq,
        max_by(row_in_batch, as_of_on) as row_in_batch
    from {{ ref('stg_hr__roster') }}
    group by source, employee_key
)

select source, employee_key, full_name, work_email, batch_seq, row_in_batch from {{ ref('stg_hr__employees') }}
union all
select source, employee_key, full_name, work_email, batch_seq, row_in_batch
from listed
where
    not exists (
        select 1
        from {{ ref('stg_hr__employees') }} as named
        where named.employee_key = listed.employee_key
    )
