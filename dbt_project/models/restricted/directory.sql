-- Grain: a person whom any current record names (employee_key).
--
-- Not everybody who has a key: who was named only by records that have been taken back is not listed any more.
with named as (
    {{ named_people() }}
),

people as (
    select employee_key, full_name, work_email
    from {{ ref('int_people') }}
    qualify {{ is_newest('employee_key') }}
)

select
    keys.employee_key,
    keys.employee_id,
    people.full_name,
    people.work_email,
    employees.manager_key
from {{ source('control', 'employee_keys') }} as keys
inner join named on keys.employee_key = named.employee_key
left join people on keys.employee_key = people.employee_key
left join {{ ref('dim_employees') }} as employees on keys.employee_key = employees.employee_key
