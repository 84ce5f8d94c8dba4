-- Grain: a line of a list with a last day before its first (source, employee_key, as_of_on), of somebody who on no
-- earlier list had an earlier first day.
--
-- Systems keep the last day of an earlier employment on the line of somebody who came back; whoever was listed with an
-- earlier first day, or is listed as gone before it, is such a person. Of others the line contradicts itself, and
-- counts as though they were not on that list.
{{ config(materialized='table', database='build', schema='staging', contract={'enforced': false}) }}
with reversed as (
    select source, employee_key, as_of_on, hired_on, terminated_on, batch_seq, row_in_batch
    from {{ ref('stg_hr__roster') }}
    where terminated_on < hired_on and terminated_on <= as_of_on and as_of_on <= {{ as_of_on() }}
)

select *
from reversed
where
    not exists (
        select 1
        from {{ ref('stg_hr__roster') }} as earlier
        where
            earlier.employee_key = reversed.employee_key
            and earlier.as_of_on < reversed.as_of_on
            and (earlier.hired_on < reversed.hired_on or earlier.terminated_on >= earlier.hired_on)
    )
