-- Grain: a cycle of a credential under each code that it stands for: its own and the one its type satisfies (one
-- step, no chains).
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
select credentials.credential_code as counts_as, credentials.*
from {{ ref('fct_credentials') }} as credentials
union all
select types.satisfies as counts_as, credentials.*
from {{ ref('fct_credentials') }} as credentials
inner join {{ ref('dim_credential_types') }} as types on credentials.credential_code = types.credential_code
where types.satisfies != credentials.credential_code
