-- Grain: a score, as its source has it now: (source, record_key).
{{ config(date_column='evaluated_on', person_column='employee_key', tracks_changes=true) }}
select
    r.source,
    r.evaluation_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    {{ person('employee_id') }},
    r.evaluated_on,
    r.competency_id,
    r.score,
    {{ person('evaluator_id') }}
from {{ source('landing', 'evaluations') }} as r
{{ join_persons(['employee_id', 'evaluator_id']) }}
