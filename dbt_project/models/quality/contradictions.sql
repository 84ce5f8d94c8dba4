-- Grain: a record that contradicts others or itself, and what was made of it
-- (kind, feed, employee_key, subject, effective_on, event_number, event).
with events as (
    select
        *,
        max(case when role = 'starts' then 1 else 0 end) over before = 1 as was_ever_employed,
        last_value(case when role = 'ends' then own_key end ignore nulls) over before as ended_key,
        last_value(case when role = 'ends' then effective_on end ignore nulls) over before as ended_on
    from {{ ref('int_job_events') }}
    window before as (
        partition by employee_key order by event_number rows between unbounded preceding and 1 preceding
    )
),

-- The hire that went on from a termination that ended nothing.
moves as (
    select distinct hire_batch_seq as batch_seq, hire_row_in_batch as row_in_batch
    from events
    where is_move and hire_batch_seq is not null
),

judged as (
    select
        events.*,
        case
            when events.is_move then 'termination_taken_as_move'
            when events.event in ('hire', 'rehire') and events.role = 'changes' and moves.batch_seq is not null
                then 'hire_taken_as_move'
            when
                events.role = 'starts'
                and events.own_key != events.ended_key
                and events.counts_on <= {{ add_days('events.ended_on', 31) }}
                then 'back_under_another_id'
            when
                events.event_number > events.end_event
                and events.event in ('hire', 'rehire')
                and events.role = 'starts'
                then 'rehire_on_last_day'
            when events.event_number > events.end_event and events.role = 'ignored' then 'after_termination_that_day'
            when events.event in ('hire', 'rehire') and events.role = 'changes' then 'hire_while_employed'
            when events.role = 'ignored' and not coalesce(events.was_ever_employed, false)
                then 'before_any_employment'
            when events.role = 'ignored' and events.event = 'termination' then 'second_termination'
            when events.role = 'ignored' then 'after_leaving'
        end as kind
    from events
    left join moves on events.batch_seq = moves.batch_seq and events.row_in_batch = moves.row_in_batch
),

-- A second job told as a hire, and then one end: of which of the two nobody can see.
several_hires as (
    select employee_key, employment_number
    from judged
    where kind = 'hire_while_employed'
    except
    select judged.employee_key, judged.employment_number
    from judged
    inner join {{ ref('int_job_rulings') }} as rulings
        on judged.employee_key = rulings.employee_key and rulings.ruling = 'goes_on_elsewhere'
),

job_rows as (
    select
        coalesce(judged.kind, 'end_of_several_hires') as kind,
        judged.employee_key,
        judged.event_number,
        judged.event,
        judged.effective_on,
        judged.counts_on,
        judged.role != 'ignored' as is_counted,
        judged.batch_seq
    from judged
    left join several_hires
        on judged.employee_key = several_hires.employee_key
        and judged.employment_number = several_hires.employment_number
        and judged.role = 'ends'
    where judged.kind is not null or several_hires.employee_key is not null
    union all
    select
        case ruling when 'never_began' then 'never_began' else 'end_of_one_of_several_ids' end as kind,
        employee_key,
        cast(null as bigint) as event_number,
        event,
        effective_on,
        cast(null as date) as counts_on,
        false as is_counted,
        batch_seq
    from {{ ref('int_job_rulings') }}
    where ruling in ('never_began', 'goes_on_elsewhere')
)

select
    job_rows.kind,
    batches.feed,
    job_rows.employee_key,
    cast(null as varchar) as subject,
    job_rows.event_number,
    job_rows.event,
    job_rows.effective_on,
    job_rows.counts_on,
    job_rows.is_counted,
    job_rows.batch_seq
from job_rows
left join {{ source('control', 'batches') }} as batches on job_rows.batch_seq = batches.batch_seq
union all
select
    kind,
    feed,
    employee_key,
    subject,
    cast(null as bigint) as event_number,
    cast(null as varchar) as event,
    effective_on,
    cast(null as date) as counts_on,
    is_counted,
    batch_seq
from {{ ref('int_record_contradictions') }}
