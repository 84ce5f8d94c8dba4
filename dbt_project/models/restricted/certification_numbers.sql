-- Grain: a cycle of a credential that has a number (source, record_key).
select
    source,
    record_key,
    employee_key,
    credential_code,
    issuer,
    certification_number,
    issued_on
from {{ ref('stg_credentials__credentials') }}
where certification_number is not null
