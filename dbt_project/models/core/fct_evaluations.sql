-- Grain: a score that an evaluator gave a person in a competency by as_of_on.
{{ config(
    materialized='by_subject',
    subject=['employee_key', 'competency_id'],
    changed_subjects="
        select employee_key, competency_id from {{ changed(ref('stg_hr__evaluations')) }}
        union all
        select employee_key, competency_id from {{ ref('stg_hr__evaluations') }}
        where {{ came_into_view('evaluated_on') }}
    ",
) }}
with evaluations as (
    select *
    from {{ ref('stg_hr__evaluations') }}
    where
        evaluated_on <= {{ as_of_on() }}
    {% if is_partial() %}
        and (employee_key, competency_id) in (select employee_key, competency_id from {{ changed_subjects() }})
        {% endif %}
),

-- Several scores on one day are rare: only those days are compared by evaluation id, not all of them sorted.
shared_days as (
    select employee_key, competency_id, evaluated_on
    from evaluations
    group by employee_key, competency_id, evaluated_on
    having count(*) > 1
),

ranked as (
    select evaluations.*, true as is_last_of_day
    from evaluations
    left join shared_days
        on evaluations.employee_key = shared_days.employee_key
        and evaluations.competency_id = shared_days.competency_id
        and evaluations.evaluated_on = shared_days.evaluated_on
    where shared_days.employee_key is null
    union all
    select
        evaluations.*,
        row_number() over (
            partition by evaluations.employee_key, evaluations.competency_id, evaluations.evaluated_on
            order by
                {{ id_number('evaluations.record_key') }} desc nulls first,
                evaluations.record_key desc,
                evaluations.batch_seq desc,
                evaluations.row_in_batch desc,
                evaluations.source asc
        ) = 1 as is_last_of_day
    from evaluations
    inner join shared_days
        on evaluations.employee_key = shared_days.employee_key
        and evaluations.competency_id = shared_days.competency_id
        and evaluations.evaluated_on = shared_days.evaluated_on
)

select
    employee_key,
    competency_id,
    evaluated_on,
    score,
    evaluator_key,
    is_last_of_day
from ranked
