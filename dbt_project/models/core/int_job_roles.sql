-- Grain: a job row dated by as_of_on that counts (batch_seq, row_in_batch), with what it does to which employment.
--
-- Rows of an employment that never began, and ends of one id while the person works under another, are left out; a
-- termination that ends nothing is taken as a row within the employment (int_job_rulings).
{{ config(materialized='ephemeral', contract={'enforced': false}) }}

{%- set rows -%}
(
    select
        job_rows.source,
        job_rows.batch_seq,
        job_rows.row_in_batch,
        job_rows.employee_key,
        job_rows.effective_on,
        job_rows.sequence,
        case when rulings.ruling = 'ends_nothing' then 'leave_start' else job_rows.event end as event
    from {{ ref('int_job_rows') }} as job_rows
    left join {{ ref('int_job_rulings') }} as rulings
        on job_rows.batch_seq = rulings.batch_seq and job_rows.row_in_batch = rulings.row_in_batch
    where coalesce(rulings.ruling, '') not in ('never_began', 'goes_on_elsewhere')
)
{%- endset %}

{{ job_roles(rows, as_of_on()) }}
