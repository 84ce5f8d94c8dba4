-- Grain: a job row dated by as_of_on, with what it did to which employment, and the state it left.
--
-- Who was employed when is found without walking from row to row. A day turns "employed this morning" into "employed
-- tonight", and does so in one of three ways: employed, not employed, or as in the morning; so the last day before
-- that was not of the third kind says how a morning began. (Not so in the morning and only then so at night takes a
-- start, and a start makes it so whatever the morning was.) Private: it holds pay and reasons as written.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}

with history as (
    select
        *,
        row_number() over in_order as event_number,
        event in ('hire', 'rehire') as is_hire,
        event = 'termination' as is_termination,
        -- Somebody whose first row is a job change was employed before: the true start is unknown.
        event in ('hire', 'rehire') or (
            event = 'job_change'
            and count(case when event in ('hire', 'rehire', 'job_change') then 1 end)
                over (in_order rows between unbounded preceding and 1 preceding) = 0
        ) as can_start
    from {{ ref('stg_hr__job_history') }}
    where effective_on <= {{ as_of_on() }}
    window in_order as (
        partition by employee_key order by effective_on, sequence, batch_seq, row_in_batch, source
    )
),

days as (
    select
        *,
        min(case when can_start then event_number end) over this_day as first_start,
        min(case when is_termination then event_number end) over this_day as first_end,
        max(case when is_hire then event_number end) over this_day as last_hire,
        max(event_number) over this_day as last_event
    from history
    window this_day as (partition by employee_key, effective_on)
),

day_ends as (
    select
        *,
        min(case when is_termination and event_number > first_start then event_number end)
            over (partition by employee_key, effective_on) as first_end_after_start
    from days
),

outcomes as (
    select
        *,
        coalesce(first_end is null or last_hire > first_end, false) as leaves_employed_if_employed,
        coalesce(first_start is not null and (
            first_end_after_start is null or last_hire > first_end_after_start
        ), false) as leaves_employed_if_not
    from day_ends
),

mornings as (
    select
        *,
        coalesce(last_value(
            case
                when event_number != last_event then null
                when leaves_employed_if_not then true
                when not leaves_employed_if_employed then false
            end ignore nulls
        ) over (
            partition by employee_key order by event_number
            rows between unbounded preceding and 1 preceding
        ), false) as was_employed
    from outcomes
),

endings as (
    select
        *,
        case when was_employed then first_end else first_end_after_start end as end_event,
        min(case
            when is_hire and event_number > case when was_employed then first_end else first_end_after_start end
                then event_number
        end) over (partition by employee_key, effective_on) as next_start_event
    from mornings
),

roles as (
    select
        *,
        case
            when event_number > end_event then
                case when event_number = next_start_event then 'starts' when is_hire then 'changes' else 'ignored' end
            when event_number = end_event then 'ends'
            when was_employed then 'changes'
            when event_number = first_start then 'starts'
            when event_number > first_start then 'changes'
            else 'ignored'
        end as role,
        -- A rehire on the last day itself counts from the next day.
        case when is_hire and event_number > end_event then {{ add_days('effective_on', 1) }} else effective_on end
            as counts_on
    from endings
),

numbered as (
    select
        *,
        case when role != 'ignored' then
            sum(case when role = 'starts' then 1 else 0 end) over (
                partition by employee_key order by event_number rows unbounded preceding
            )
        end as employment_number
    from roles
    where counts_on <= {{ as_of_on() }}
)

select
    employee_key,
    event_number,
    cast(employment_number as integer) as employment_number,
    role,
    counts_on,
    effective_on,
    event,
    separation_type,
    reason,
    batch_seq,
    end_event,
    role != 'ignored' and lead(counts_on) over in_employment is distinct from counts_on as is_last_of_day,
    last_value(job_code ignore nulls) over so_far as job_code,
    last_value(site_id ignore nulls) over so_far as site_id,
    last_value(manager_key ignore nulls) over so_far as manager_key,
    coalesce(last_value(employment_class ignore nulls) over so_far, 'unknown') as employment_class,
    last_value(fte ignore nulls) over so_far as fte,
    last_value(hourly_rate ignore nulls) over so_far as hourly_rate,
    coalesce(last_value(
        case event when 'leave_start' then true when 'leave_end' then false end ignore nulls
    ) over so_far, false) as is_on_leave
from numbered
window
    in_employment as (partition by employee_key, employment_number order by event_number),
    so_far as (
        partition by employee_key, employment_number order by event_number
        rows between unbounded preceding and current row
    )
