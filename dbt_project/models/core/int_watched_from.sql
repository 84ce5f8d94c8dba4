-- Grain: a person of whom some HR source tells (employee_key); no rows where no HR source begins on some day.
--
-- Who had left before a source begins is not in it, so those who are have survived: their time before that day counts
-- in no rate. Of somebody whom several feeds have, the one that begins first counts; null is from ever.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with tellers as (
    select source, feed, covers_from_on
    from {{ source('control', 'coverage') }}
    where feed in ('job_history', 'roster')
        and exists (
            select 1
            from {{ source('control', 'coverage') }} as beginnings
            where beginnings.feed in ('job_history', 'roster') and beginnings.covers_from_on is not null
        )
),

told as (
    select source, 'job_history' as feed, employee_key from {{ ref('stg_hr__job_history') }}
    union all
    select source, 'roster' as feed, employee_key from {{ ref('stg_hr__roster') }}
)

select
    told.employee_key,
    case when count(*) = count(tellers.covers_from_on) then min(tellers.covers_from_on) end as watched_from_on
from told
inner join tellers on told.source = tellers.source and told.feed = tellers.feed
group by told.employee_key
