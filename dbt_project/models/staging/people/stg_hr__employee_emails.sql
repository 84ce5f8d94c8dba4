-- Grain: a batch that told of another work e-mail of an employee id than the one before it (source, employee_id,
-- batch_seq); email is null where it told of none.
--
-- Apart from stg_hr__employees, which holds only the newest row of each record: other systems go on knowing people by
-- an address that they no longer have. Nothing is ever taken back here.
{{ config(
    materialized='by_subject',
    subject=['source', 'employee_id', 'batch_seq'],
    changed_subjects="select source, employee_id, batch_seq from {{ source('landing', 'employees') }}",
) }}
with told as (
    select
        source,
        employee_id,
        batch_seq,
        true as is_new,
        case when not is_deleted then lower(trim(work_email)) end as email
    from {{ source('landing', 'employees') }}
    qualify row_number() over (partition by source, employee_id, batch_seq order by row_in_batch desc) = 1
    {%- if is_partial() %}
    union all
    select source, employee_id, batch_seq, false as is_new, email
    from {{ this }}
    qualify row_number() over (partition by source, employee_id order by batch_seq desc) = 1
    {%- endif %}
),

compared as (
    select
        *,
        lag(email) over (partition by source, employee_id order by batch_seq) as email_before
    from told
)

select source, employee_id, batch_seq, email
from compared
where is_new and email is distinct from email_before
