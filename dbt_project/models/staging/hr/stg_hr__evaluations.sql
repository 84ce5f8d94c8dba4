-- Grain: a score, as its source has it now: (source, record_key).
{{ config(date_column='evaluated_on', person_column='employee_key', tracks_changes=true) }}
select
    r.source,
    r.evaluation_id as record_key,
    r.batch_seq,
    r.row_in_batch,
    r.is_deleted,
    person.employee_key,
    r.evaluated_on,
    r.competency_id,
    r.score,
    evaluator.employee_key as evaluator_key
from {{ source('landing', 'evaluations') }} as r
left join {{ source('control', 'employee_keys') }} as person on r.employee_id = person.employee_id
left join {{ source('control', 'employee_keys') }} as evaluator on r.evaluator_id = evaluator.employee_id
