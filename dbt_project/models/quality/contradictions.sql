-- Grain: a job row that contradicts the ones before it (employee_key, event_number).
with events as (
    select
        *,
        max(case when role = 'starts' then 1 else 0 end) over (
            partition by employee_key order by event_number rows between unbounded preceding and 1 preceding
        ) = 1 as was_ever_employed
    from {{ ref('int_job_events') }}
),

judged as (
    select
        employee_key,
        event_number,
        effective_on,
        event,
        role != 'ignored' as is_counted,
        counts_on,
        batch_seq,
        case
            when event_number > end_event and event in ('hire', 'rehire') and role = 'starts' then 'rehire_on_last_day'
            when event_number > end_event and role = 'ignored' then 'after_termination_that_day'
            when event in ('hire', 'rehire') and role = 'changes' then 'hire_while_employed'
            when role = 'ignored' and not coalesce(was_ever_employed, false) then 'before_any_employment'
            when role = 'ignored' and event = 'termination' then 'second_termination'
            when role = 'ignored' then 'after_leaving'
        end as kind
    from events
)

select employee_key, event_number, kind, event, effective_on, counts_on, is_counted, batch_seq
from judged
where kind is not null
