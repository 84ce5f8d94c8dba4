-- Grain: a day on which more than a fifth, and at least ten, of those left whom the release before has as employed
-- (last_day_on).
--
-- Somebody whose separation of that day the release before told of already has not left since.
with previous as (
    select * from {{ source('control', 'previous_employments') }}
),

employed as (
    select distinct employee_key
    from previous
    where ended_on is null
),

leavers as (
    select separations.last_day_on, count(distinct separations.employee_key) as leaver_count
    from {{ ref('fct_separations') }} as separations
    inner join employed on separations.employee_key = employed.employee_key
    left join previous
        on separations.employee_key = previous.employee_key
        and previous.ended_on = {{ add_days('separations.last_day_on', 1) }}
    where previous.employee_key is null
    group by separations.last_day_on
)

select
    leavers.last_day_on,
    leavers.leaver_count,
    (select count(*) from employed) as employed_before_count
from leavers
where leavers.leaver_count >= 10 and 5 * leavers.leaver_count > (select count(*) from employed)
