-- Grain: a rule by when somebody has to be certified (rule_id).
select
    rule_id,
    credential_code,
    months,
    state,
    clock,
    registration_code
from {{ ref('stg_program__certification_rules') }}
qualify {{ is_newest('rule_id') }}
