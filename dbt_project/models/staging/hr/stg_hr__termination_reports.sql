-- Grain: a last day that a source told of (source, employee_key, last_day_on), with the batch that told of it first.
--
-- Apart from stg_hr__job_history, which holds only the newest row of each record: how late news come is said by the
-- first one. Nothing is ever taken back here.
{{ config(materialized='incremental', incremental_strategy='append') }}

with reports as (
    select
        rows_in.source,
        people.employee_key,
        rows_in.effective_on as last_day_on,
        min(rows_in.batch_seq) as first_batch_seq
    from {{ source('landing', 'job_history') }} as rows_in
    inner join {{ source('control', 'employee_keys') }} as people on rows_in.employee_id = people.employee_id
    where rows_in.event = 'termination' and not rows_in.is_deleted
    group by rows_in.source, people.employee_key, rows_in.effective_on
)

select *
from reports
{% if is_incremental() %}
where
    not exists (
        select 1
        from {{ this }} as known
        where
            known.source = reports.source
            and known.employee_key = reports.employee_key
            and known.last_day_on = reports.last_day_on
    )
{% endif %}
