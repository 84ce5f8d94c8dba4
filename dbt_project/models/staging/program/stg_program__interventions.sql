-- Grain: an intervention, as its source has it now: (source, record_key).
{{ config(date_column='started_on') }}
select
    r.source,
    r.intervention_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    r.intervention_id,
    r.started_on,
    r.ended_on,
    r.site_id,
    r.metric,
    r.what,
    r.owner
from {{ source('landing', 'interventions') }} as r
