-- Grain: what a credential asks of the hours of a topic, of an audience, or of both (credential_code, topic, audience).
select
    credential_code,
    topic,
    audience,
    min_hours,
    max_hours
from {{ ref('stg_program__ce_rules') }}
where topic is not null or audience is not null
qualify {{ is_newest('credential_code, topic, audience') }}
