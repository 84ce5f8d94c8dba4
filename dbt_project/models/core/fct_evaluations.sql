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
    select *, true as is_last_of_day
    from evaluations
    where (employee_key, competency_id, evaluated_on) not in (select * from shared_days)
    union all
    select
        *,
        row_number() over (
            partition by employee_key, competency_id, evaluated_on
            order by record_key desc, batch_seq desc, row_in_batch desc, source
        ) = 1
    from evaluations
    where (employee_key, competency_id, evaluated_on) in (select * from shared_days)
)

select
    employee_key,
    competency_id,
    evaluated_on,
    score,
    evaluator_key,
    is_last_of_day
from ranked
