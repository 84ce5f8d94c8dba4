-- Grain: a job row that the comparison of lists gives (batch_seq, row_in_batch), with the days between which it was.
--
-- A line of a list gives a start or a change; the last line with somebody who is gone gives their end too. So the rows
-- of a line are numbered within it, which keeps (batch_seq, row_in_batch) a key.
--
-- Private: it holds pay and reasons as written.
-- depends_on: {{ ref('int_employee_keys') }}
{{ config(database='build', schema='staging', contract={'enforced': false}) }}

{%- set attributes = ['job_code', 'site_id', 'manager_key', 'employment_class', 'fte', 'hourly_rate'] %}
with {{ roster_lines() }},

{{ roster_employments() }},

-- What a line leaves blank is as it was.
states as (
    select
        source,
        employee_key,
        employment_number,
        batch_seq,
        row_in_batch,
        as_of_on,
        {{ attributes | join(', ') }},
        (
            {%- for column in attributes %}
            last_value({{ column }} ignore nulls) over so_far{{ ',' if not loop.last }}
            {%- endfor %}
        ) as state,
        -- The last line before that tells what is different on this one; null where none does.
        least(
            {%- for column in attributes %}
            {%- set told_on = 'last_value(case when ' ~ column ~ ' is not null then as_of_on end ignore nulls)' %}
            case
                when
                    {{ column }} is not null
                    and {{ column }} is distinct from last_value({{ column }} ignore nulls) over before
                    then coalesce({{ told_on }} over before, {{ beginning_of_time() }})
            end{{ ',' if not loop.last }}
            {%- endfor %}
        ) as told_otherwise_on,
        row_number() over so_far = 1 as is_first,
        count(*) over (partition by employee_key, employment_number) = row_number() over so_far as is_last
    from lines
    window so_far as (
        partition by employee_key, employment_number order by as_of_on
        rows between unbounded preceding and current row
    ),
    before as (
        partition by employee_key, employment_number order by as_of_on
        rows between unbounded preceding and 1 preceding
    )
),

steps as (
    select
        states.*,
        employments.beginning,
        employments.list_before_on,
        employments.hired_on,
        employments.first_day_on,
        employments.last_day_on,
        employments.has_stated_end,
        employments.next_list_on,
        employments.end_told_by_batch_seq,
        employments.separation_type,
        employments.reason,
        lag(states.state) over (
            partition by states.employee_key, states.employment_number order by states.as_of_on
        ) as state_before,
        -- A line before the first day tells what holds from then on.
        greatest(states.as_of_on, employments.first_day_on) as counts_on,
        coalesce(employments.first_day_on <= employments.last_day_on, true) as has_started
    from states
    inner join employments
        on states.employee_key = employments.employee_key
        and states.employment_number = employments.employment_number
),

events as (
    select
        *,
        0 as place,
        case
            when not has_started then cast(null as varchar)
            when beginning != 'first_seen' then 'rehire'
            when hired_on is null then 'job_change'
            else 'hire'
        end as event,
        case
            when not has_started then 'never_started'
            when beginning = 'returned' and hired_on <= list_before_on then 'back_with_old_hire_date'
            else beginning
        end as kind,
        first_day_on as effective_on,
        case
            when beginning = 'first_seen' then hired_on
            else least({{ add_days('list_before_on', 1) }}, first_day_on)
        end as earliest_on,
        first_day_on as latest_on,
        batch_seq as told_by_batch_seq
    from steps
    where is_first
    union all
    select
        *,
        1 as place,
        'job_change' as event,
        'changed' as kind,
        counts_on as effective_on,
        greatest({{ add_days('told_otherwise_on', 1) }}, first_day_on) as earliest_on,
        counts_on as latest_on,
        batch_seq as told_by_batch_seq
    from steps
    where
        not is_first
        and state is distinct from state_before
        and has_started
        and coalesce(counts_on <= last_day_on, true)
    union all
    select
        *,
        2 as place,
        'termination' as event,
        case when has_stated_end then 'ended' else 'gone' end as kind,
        last_day_on as effective_on,
        last_day_on as earliest_on,
        -- Somebody who is gone from a list may have worked until the day before it.
        case when has_stated_end then last_day_on else {{ add_days('next_list_on', -1) }} end as latest_on,
        end_told_by_batch_seq as told_by_batch_seq
    from steps
    where is_last and has_started and last_day_on is not null
),

-- Two ids of one person are two lines of lists each, and one history: what the second begins with is a return.
people_events as (
    {%- if has_person_links() %}
    select
        events.* replace (
            people.employee_key as employee_key,
            -- With a first day of long ago, they are on the list again, under this id.
            case
                when
                    events.kind = 'first_seen'
                    and events.hired_on <= events.list_before_on
                    and min(events.as_of_on) over (partition by people.employee_key) < events.as_of_on
                    then events.as_of_on
                else events.effective_on
            end as effective_on,
            case
                when events.event != 'job_change' or events.kind != 'first_seen' then events.event
                when people.employee_key != people.own_key then 'rehire'
                else events.event
            end as event
        ),
        people.own_key,
        cast(row_number() over (
            partition by people.employee_key
            order by events.as_of_on, events.place, events.batch_seq, events.row_in_batch
        ) as integer) as sequence
    from events
    inner join {{ ref('int_employee_keys') }} as people on events.employee_key = people.own_key
    {%- else %}
    select
        *,
        employee_key as own_key,
        cast({{ days_between(beginning_of_time(), 'as_of_on') }} * 3 + place as integer) as sequence
    from events
    {%- endif %}
)

select
    source,
    employee_key,
    own_key,
    batch_seq,
    row_in_batch * 3 + place as row_in_batch,
    effective_on,
    sequence,
    event,
    {{ attributes | join(', ') }},
    case when event = 'termination' then coalesce(separation_type, 'unknown') end as separation_type,
    case when event = 'termination' then reason end as reason,
    kind,
    earliest_on,
    latest_on,
    told_by_batch_seq
from people_events
