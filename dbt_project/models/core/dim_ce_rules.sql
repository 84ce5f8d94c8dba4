-- Grain: what a credential asks of a continuing-education topic (credential_code, topic).
select
    credential_code,
    topic,
    min_hours,
    max_hours
from {{ ref('stg_program__ce_rules') }}
qualify {{ is_newest('credential_code, topic') }}
