{#-
    What each job row does to which employment: a query with the grain of `rows` (batch_seq, row_in_batch), for the rows
    that count by a day. `rows` has source, batch_seq, row_in_batch, employee_key, effective_on, sequence and event.

    Who was employed when is found without walking from row to row. A day turns "employed this morning" into "employed
    tonight", and does so in one of three ways: employed, not employed, or as in the morning; so the last day before
    that was not of the third kind says how a morning began. (Not so in the morning and only then so at night takes a
    start, and a start makes it so whatever the morning was.)
-#}
{% macro job_roles(rows, until_on) -%}
with history as (
    select
        batch_seq,
        row_in_batch,
        employee_key,
        effective_on,
        row_number() over in_order as event_number,
        event in ('hire', 'rehire') as is_hire,
        event = 'termination' as is_termination,
        -- Somebody whose first row is a job change was employed before: the true start is unknown.
        event in ('hire', 'rehire') or (event = 'job_change' and 1 = (
            count(case when event in ('hire', 'rehire', 'job_change') then 1 end)
                over (in_order rows between unbounded preceding and current row)
        )) as can_start,
        effective_on in (lag(effective_on) over in_order, lead(effective_on) over in_order) as shares_day
    from {{ rows }}
    where effective_on <= {{ until_on }}
    window in_order as (
        partition by employee_key order by effective_on, sequence, batch_seq, row_in_batch, source
    )
),

-- A termination ends the employment that the day began with, or one that the day started; what matters on a day is the
-- first start, the first end of either kind, and the first hire after each: few days have more than one row.
crowded_days as (
    select
        *,
        min(case when can_start then event_number end) over this_day as first_start,
        min(case when is_termination then event_number end) over this_day as first_end,
        max(event_number) over this_day as last_event
    from history
    where shares_day
    window this_day as (partition by employee_key, effective_on)
),

crowded_day_ends as (
    select
        *,
        min(case when is_termination and event_number > first_start then event_number end) over this_day as later_end
    from crowded_days
    window this_day as (partition by employee_key, effective_on)
),

days as (
    select
        *,
        case when can_start then event_number end as first_start,
        case when is_termination then event_number end as first_end,
        event_number as last_event,
        cast(null as bigint) as later_end,
        cast(null as bigint) as hire_after_first_end,
        cast(null as bigint) as hire_after_later_end
    from history
    where not coalesce(shares_day, false)
    union all
    select
        *,
        min(case when is_hire and event_number > first_end then event_number end) over this_day
            as hire_after_first_end,
        min(case when is_hire and event_number > later_end then event_number end) over this_day
            as hire_after_later_end
    from crowded_day_ends
    window this_day as (partition by employee_key, effective_on)
),

mornings as (
    select
        *,
        coalesce(last_value(
            case
                when event_number != last_event then null
                when first_start is not null and (later_end is null or hire_after_later_end is not null) then true
                when first_end is not null and hire_after_first_end is null then false
            end ignore nulls
        ) over (
            partition by employee_key order by event_number
            rows between unbounded preceding and 1 preceding
        ), false) as was_employed
    from days
),

endings as (
    select
        *,
        case when was_employed then first_end else later_end end as end_event,
        case when was_employed then hire_after_first_end else hire_after_later_end end as next_start_event
    from mornings
),

roles as (
    select
        *,
        case
            when event_number > end_event and not is_hire then 'ignored'
            when event_number > end_event and event_number = next_start_event then 'starts'
            when event_number > end_event then 'changes'
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
)

select
    batch_seq,
    row_in_batch,
    employee_key,
    event_number,
    cast(case when role != 'ignored' then count(case when role = 'starts' then 1 end) over so_far end as integer)
        as employment_number,
    role,
    effective_on,
    counts_on,
    end_event
from roles
where counts_on <= {{ until_on }}
window so_far as (partition by employee_key order by event_number rows unbounded preceding)
{%- endmacro %}
