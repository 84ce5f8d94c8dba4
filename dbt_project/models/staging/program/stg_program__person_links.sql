-- Grain: a confirmed match, as its source has it now: (source, record_key).
{{ config(person_column='employee_key') }}
select
    r.source,
    {{ record_key(['r.stated_source', 'r.person']) }} as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.stated_source,
    r.person,
    person.employee_key,
    r.valid_from_on,
    r.valid_to_on
from {{ source('landing', 'person_links') }} as r
left join {{ source('control', 'employee_keys') }} as person on r.employee_id = person.employee_id
