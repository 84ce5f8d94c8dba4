-- Grain: an attempt at an exam, or a practice one, by as_of_on.
with attempts as (
    select * from {{ ref('stg_credentials__exam_attempts') }}
    where taken_on <= {{ as_of_on() }}
),

areas as (
    select *, 'medications' as knowledge_area, medications as percent_correct from attempts
    union all
    select *, 'federal_requirements' as knowledge_area, federal_requirements as percent_correct from attempts
    union all
    select *, 'patient_safety' as knowledge_area, patient_safety as percent_correct from attempts
    union all
    select *, 'order_entry' as knowledge_area, order_entry as percent_correct from attempts
),

-- A mean over some of the areas would not be a result of the exam: all of the blueprint's, or none. Rounded, because
-- the last digits of a sum of fractions hang on their order, and 75 percent has to be 75. Of two areas that cost as
-- much the later by name is the weakest, so that the answer is always the same.
weighted as (
    select
        areas.source,
        areas.record_key,
        case
            when count(areas.percent_correct) = count(*)
                then round(sum(areas.percent_correct * blueprints.weight) / sum(blueprints.weight), 10)
        end as weighted_percent,
        case
            when count(areas.percent_correct) = count(*)
                then max_by(
                    areas.knowledge_area,
                    (round((100 - areas.percent_correct) * blueprints.weight, 10), areas.knowledge_area)
                )
        end as weakest_area
    from areas
    inner join {{ ref('dim_exam_blueprints') }} as blueprints
        on areas.exam_code = blueprints.exam_code
        and areas.knowledge_area = blueprints.knowledge_area
        and areas.taken_on >= coalesce(blueprints.effective_on, {{ beginning_of_time() }})
        and areas.taken_on < coalesce(blueprints.ended_on, {{ end_of_time() }})
    group by areas.source, areas.record_key
)

select
    attempts.employee_key,
    attempts.exam_code,
    attempts.taken_on,
    cast(row_number() over (
        partition by attempts.employee_key, attempts.exam_code, attempts.is_practice
        order by
            attempts.taken_on, try_cast(attempts.record_key as bigint), attempts.record_key, attempts.source
    ) as integer) as attempt_number,
    attempts.is_practice,
    attempts.score,
    attempts.passed as is_passed,
    attempts.medications,
    attempts.federal_requirements,
    attempts.patient_safety,
    attempts.order_entry,
    weighted.weighted_percent,
    weighted.weakest_area
from attempts
left join weighted on attempts.source = weighted.source and attempts.record_key = weighted.record_key
