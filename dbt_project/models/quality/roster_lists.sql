-- Grain: a list of who is employed, dated by as_of_on (source, as_of_on).
with lists as (
    select
        source,
        as_of_on,
        max(batch_seq) as batch_seq,
        count(*) as people_count,
        row_number() over in_turn as list_number,
        {{ days_between('lag(as_of_on) over in_turn', 'as_of_on') }} as days_since_previous
    from {{ ref('stg_hr__roster') }}
    where as_of_on <= {{ as_of_on() }}
    group by source, as_of_on
    window in_turn as (partition by source order by as_of_on)
),

rhythms as (
    select source, quantile_disc(days_since_previous, 0.5) as usual_days
    from lists
    group by source
),

lines as (
    select
        roster.source,
        lists.list_number,
        lag(lists.list_number) over in_turn as line_before,
        lead(lists.list_number) over in_turn as line_after
    from {{ ref('stg_hr__roster') }} as roster
    inner join lists on roster.source = lists.source and roster.as_of_on = lists.as_of_on
    window in_turn as (partition by roster.source, roster.employee_key order by lists.list_number)
),

came as (
    select source, list_number, count(*) as came_count
    from lines
    where coalesce(line_before < list_number - 1, true)
    group by source, list_number
),

gone as (
    select source, list_number + 1 as list_number, count(*) as gone_count
    from lines
    where coalesce(line_after > list_number + 1, true)
    group by source, list_number
)

select
    lists.source,
    lists.as_of_on,
    lists.batch_seq,
    lists.people_count,
    lists.days_since_previous,
    case
        when lists.days_since_previous < rhythms.usual_days then 0
        else cast(round(lists.days_since_previous / rhythms.usual_days) as integer) - 1
    end as missed_lists,
    case when lists.list_number > 1 then coalesce(came.came_count, 0) end as came_count,
    case when lists.list_number > 1 then coalesce(gone.gone_count, 0) end as gone_count
from lists
inner join rhythms on lists.source = rhythms.source
left join came on lists.source = came.source and lists.list_number = came.list_number
left join gone on lists.source = gone.source and lists.list_number = gone.list_number
