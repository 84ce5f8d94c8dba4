-- Grain: an active person's score for a requirement that goes by evaluations, as of as_of_on
-- (employee_key, kind, target).
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with targets as (
    select distinct kind, target
    from {{ ref('int_requirements_asked') }}
    where is_open and kind in ('competency', 'evaluation_average')
),

evaluations as (
    select evaluations.*
    from {{ ref('fct_evaluations') }} as evaluations
    inner join {{ ref('dim_employees') }} as employees on evaluations.employee_key = employees.employee_key
    where employees.is_active
)

select
    evaluations.employee_key,
    targets.kind,
    targets.target,
    max_by(evaluations.score, evaluations.evaluated_on) as value
from evaluations
inner join targets on evaluations.competency_id = targets.target
where targets.kind = 'competency' and evaluations.is_last_of_day
group by evaluations.employee_key, targets.kind, targets.target
union all
select evaluations.employee_key, targets.kind, targets.target, avg(evaluations.score)
from evaluations
inner join targets
    on evaluations.evaluated_on > {{ add_months(as_of_on(), '-try_cast(targets.target as integer)') }}
where targets.kind = 'evaluation_average'
group by evaluations.employee_key, targets.kind, targets.target
