-- Grain: a job row, delivered as such or told by the comparison of lists (batch_seq, row_in_batch).
--
-- The one place where organisations with a history and organisations with lists come together. own_key is the key of
-- the id that the row is about, by itself; of somebody with several ids employee_key is that of the person.
-- depends_on: {{ ref('int_employee_keys') }}
{{ config(materialized='view', database='build', schema='staging', contract={'enforced': false}) }}

{%- set columns = [
    'batch_seq', 'row_in_batch', 'employee_key', 'effective_on', 'sequence', 'event', 'job_code', 'site_id',
    'manager_key', 'employment_class', 'fte', 'hourly_rate', 'separation_type', 'reason',
] %}
select
    job_rows.source,
    job_rows.{{ columns | join(',\n    job_rows.') }},
    {%- if has_person_links() %}
    coalesce(ids.own_key, job_rows.employee_key) as own_key,
    {%- else %}
    job_rows.employee_key as own_key,
    {%- endif %}
    cast(null as varchar) as list_kind,
    cast(null as bigint) as told_by_batch_seq
from {{ ref('stg_hr__job_history') }} as job_rows
{%- if has_person_links() %}
left join {{ ref('int_employee_keys') }} as ids on job_rows.employee_written = ids.employee_id
{%- endif %}
union all
select
    source,
    {{ columns | join(',\n    ') }},
    own_key,
    kind as list_kind,
    told_by_batch_seq
from {{ ref('int_roster_events') }}
where event is not null
