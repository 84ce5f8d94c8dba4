-- Grain: a credential type, as its source has it now: (source, record_key).
select
    r.source,
    r.credential_code as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.credential_code,
    r.name,
    r.issuer,
    r.satisfies,
    r.renewal_months,
    r.ce_hours
from {{ source('landing', 'credential_types') }} as r
