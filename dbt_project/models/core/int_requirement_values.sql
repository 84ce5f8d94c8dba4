-- Grain: an active person's score for a requirement that goes by evaluations, as of as_of_on
-- (employee_key, kind, target).
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with targets as (
    select distinct employee_key, kind, target
    from {{ ref('int_requirements_asked') }}
    where is_open and kind in ('competency', 'evaluation_average')
)

select
    targets.employee_key,
    targets.kind,
    targets.target,
    max_by(evaluations.score, evaluations.evaluated_on) as value
from targets
inner join {{ ref('fct_evaluations') }} as evaluations
    on targets.employee_key = evaluations.employee_key and targets.target = evaluations.competency_id
where targets.kind = 'competency' and evaluations.is_last_of_day
group by targets.employee_key, targets.kind, targets.target
union all
select targets.employee_key, targets.kind, targets.target, avg(evaluations.score) as value
from targets
inner join {{ ref('fct_evaluations') }} as evaluations
    on targets.employee_key = evaluations.employee_key
    and evaluations.evaluated_on > {{ add_months(as_of_on(), '-try_cast(targets.target as integer)') }}
where targets.kind = 'evaluation_average'
group by targets.employee_key, targets.kind, targets.target
