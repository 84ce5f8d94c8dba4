-- Grain: a kind of credential (credential_code).
select
    credential_code,
    name,
    issuer,
    satisfies,
    renewal_months,
    ce_hours
from {{ ref('stg_program__credential_types') }}
qualify {{ is_newest('credential_code') }}
