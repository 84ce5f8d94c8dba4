-- Grain: a job row, delivered as such or told by the comparison of lists (batch_seq, row_in_batch).
--
-- The one place where organisations with a history and organisations with lists come together.
{{ config(materialized='view', database='build', schema='staging', contract={'enforced': false}) }}

{%- set columns = [
    'source', 'batch_seq', 'row_in_batch', 'employee_key', 'effective_on', 'sequence', 'event', 'job_code', 'site_id',
    'manager_key', 'employment_class', 'fte', 'hourly_rate', 'separation_type', 'reason',
] | join(', ') %}
select {{ columns }} from {{ ref('stg_hr__job_history') }}
union all
select {{ columns }} from {{ ref('int_roster_events') }}
where event is not null
