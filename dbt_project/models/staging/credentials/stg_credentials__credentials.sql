-- Grain: a cycle of a credential, as its source has it now: (source, record_key).
{{ config(date_column='issued_on', person_column='employee_key') }}
select
    r.source,
    r.credential_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    {{ person('employee_id') }},
    r.credential_code,
    r.issuer,
    r.certification_number,
    r.jurisdiction,
    r.issued_on,
    r.expires_on,
    coalesce(r.status, 'active') as status,
    r.status_on,
    coalesce(r.verification, 'self_reported') as verification,
    r.verified_on
from {{ source('landing', 'credentials') }} as r
{{ join_persons(['employee_id']) }}
