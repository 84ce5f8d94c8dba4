-- Grain: an employee id that occurs in any feed (employee_id), with the key of the person: two ids that somebody has
-- confirmed to be one person's have one key. own_key is the id's by itself.
{{ config(materialized='view') }}
with renames as (
    select own_key, employee_key
    from {{ ref('int_person_links') }}
    where is_rename
    qualify {{ is_newest('own_key') }}
)

select
    keys.employee_id,
    keys.employee_key as own_key,
    coalesce(renames.employee_key, keys.employee_key) as employee_key
from {{ source('control', 'employee_keys') }} as keys
left join renames on keys.employee_key = renames.own_key
