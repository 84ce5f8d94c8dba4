-- Two people never share a key: they would be one person in every table.
select employee_key, count(*) as id_count
from {{ source('control', 'employee_keys') }}
group by employee_key
having count(*) > 1
