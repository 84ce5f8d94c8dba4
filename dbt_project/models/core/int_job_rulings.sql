-- Grain: a job row that does not count as it is written (batch_seq, row_in_batch), with what it is taken for.
--
-- HR systems end records, not only employments: a transfer, a change of system, a hire who never came (reasons with
-- is_separation false). What such an end comes to depends on the hires around it:
-- ends_nothing: a hire follows within 31 days, or stands beside it that day, and the person was employed; the days
--     until then (away_from_on, away_until_on) count as leave.
-- never_began: it and the hire of that day, or the one it stands before, are no employment.
-- ends_record: no hire follows; the employment ends as `other`.
-- Of somebody with several ids, whose links are confirmed:
-- goes_on_elsewhere: an id ends, for whatever reason, while the person is employed under another.
-- ends_nothing: also an id that is gone from a list which has the person under another id for the first time.
-- (Most people have no such row, and are not looked at.)
{{ config(materialized='table', database='build', schema='staging', contract={'enforced': false}) }}

with no_separations as (
    select reason from {{ ref('int_separation_reasons') }}
    where not is_separation
),

concerned as (
    select employee_key
    from {{ ref('int_job_rows') }}
    where
        event = 'termination'
        and exists (select 1 from no_separations)
        and {{ reason_text('reason') }} in (select no_separations.reason from no_separations)
    {%- if has_person_links() %}
    union
    select employee_key
    from {{ ref('int_job_rows') }}
    group by employee_key
    having min(own_key) != max(own_key)
    {%- endif %}
),

history as (
    select
        *,
        event in ('hire', 'rehire') as is_hire,
        row_number() over (
            partition by employee_key order by effective_on, sequence, batch_seq, row_in_batch, source
        ) as event_number
    from {{ ref('int_job_rows') }}
    where effective_on <= {{ as_of_on() }} and employee_key in (select concerned.employee_key from concerned)
),

-- An end told under an id that never began is the person's.
ends_elsewhere as (
    select ends.batch_seq, ends.row_in_batch
    from history as ends
    inner join history as others
        on ends.employee_key = others.employee_key
        and ends.own_key != others.own_key
        and ends.event_number > others.event_number
    where
        ends.event = 'termination'
        and others.event in ('hire', 'rehire', 'job_change', 'termination')
        and exists (
            select 1 from history as starts
            where
                starts.employee_key = ends.employee_key
                and starts.own_key = ends.own_key
                and starts.event in ('hire', 'rehire', 'job_change')
                and starts.event_number < ends.event_number
        )
    group by ends.batch_seq, ends.row_in_batch, others.own_key
    having max_by(others.event, others.event_number) != 'termination'
),

told as (
    select
        *,
        event = 'termination' and (
            {{ reason_text('reason') }} in (select no_separations.reason from no_separations)
            or exists (
                select 1 from history as others
                where
                    history.list_kind = 'gone'
                    and others.list_kind = 'first_seen'
                    and others.is_hire
                    and history.employee_key = others.employee_key
                    and history.own_key != others.own_key
                    and history.told_by_batch_seq = others.told_by_batch_seq
            )
        ) as is_bookkeeping
    from history
    where (batch_seq, row_in_batch) not in (select (ends.batch_seq, ends.row_in_batch) from ends_elsewhere as ends)
),

surroundings as (
    select
        *,
        event = 'termination' and not coalesce(is_bookkeeping, false) as is_end,
        bool_or(is_hire) over this_day as has_hire_that_day,
        bool_or(coalesce(is_bookkeeping, false)) over this_day
        and bool_or(is_hire) over this_day
        and not bool_or(event = 'termination' and not coalesce(is_bookkeeping, false)) over this_day as is_mixed_day,
        -- The hire without which such a day's rows are no employment.
        greatest(
            max(case when is_bookkeeping then event_number end) over this_day,
            min(case when is_hire then event_number end) over this_day
        ) as last_in_doubt,
        min(case when is_hire then event_number end) over after as next_hire_number,
        min(case when is_hire then effective_on end) over after as next_hire_on,
        max(case when event = 'termination' and not coalesce(is_bookkeeping, false) then effective_on end) over before
            as last_end_on,
        lag(event_number) over in_turn as number_before,
        coalesce(lead(is_hire) over in_turn, true) as is_followed_by_hire
    from told
    window
        in_turn as (partition by employee_key order by event_number),
        this_day as (partition by employee_key, effective_on),
        before as (partition by employee_key order by event_number rows between unbounded preceding and 1 preceding),
        after as (partition by employee_key order by event_number rows between 1 following and unbounded following)
),

judged as (
    select
        *,
        coalesce(is_bookkeeping, false) and (
            has_hire_that_day or coalesce(next_hire_on <= {{ add_days('effective_on', 31) }}, false)
        ) as has_hire,
        is_mixed_day and event_number < coalesce(
            min(case when is_hire and event_number > last_in_doubt then event_number end)
                over (partition by employee_key, effective_on),
            9223372036854775807
        ) as is_in_doubt_that_day
    from surroundings
),

-- What is no employment, if the person was not employed when it began; somebody who was goes on being so, whatever
-- these rows say.
in_doubt as (
    select employee_key, event_number, min(event_number) over (partition by employee_key, effective_on) as first_number
    from judged
    where is_in_doubt_that_day
    union all
    select hires.employee_key, numbers.event_number, ends.event_number as first_number
    from judged as hires
    inner join judged as ends
        on hires.employee_key = ends.employee_key and hires.number_before = ends.event_number
    cross join lateral (values (hires.event_number), (ends.event_number)) as numbers (event_number)
    where
        hires.is_hire
        and not hires.is_mixed_day
        and hires.is_followed_by_hire
        and ends.has_hire
        and not ends.is_mixed_day
        and ends.effective_on < hires.effective_on
        and coalesce(ends.last_end_on < {{ add_days('ends.effective_on', -31) }}, true)
),

undoubted as (
    select judged.* replace (case when judged.has_hire then 'leave_start' else judged.event end as event)
    from judged
    left join in_doubt
        on judged.employee_key = in_doubt.employee_key and judged.event_number = in_doubt.event_number
    where in_doubt.employee_key is null
),

roles as (
    select judged.employee_key, judged.event_number, roles.role
    from ({{ job_roles('undoubted', as_of_on()) }}) as roles
    inner join judged
        on roles.batch_seq = judged.batch_seq and roles.row_in_batch = judged.row_in_batch
    where roles.role != 'ignored'
),

never_began as (
    select in_doubt.employee_key, in_doubt.event_number
    from in_doubt
    left join roles
        on in_doubt.employee_key = roles.employee_key and in_doubt.first_number > roles.event_number
    group by in_doubt.employee_key, in_doubt.event_number
    having coalesce(max_by(roles.role, roles.event_number), 'ends') = 'ends'
),

rulings as (
    select
        judged.*,
        case
            when never_began.employee_key is not null then 'never_began'
            when judged.has_hire then 'ends_nothing'
            when judged.is_bookkeeping then 'ends_record'
        end as ruling,
        judged.has_hire
        and not judged.has_hire_that_day
        and judged.next_hire_on > {{ add_days('judged.effective_on', 1) }} as is_away
    from judged
    left join never_began
        on judged.employee_key = never_began.employee_key and judged.event_number = never_began.event_number
)

select
    rulings.batch_seq,
    rulings.row_in_batch,
    rulings.employee_key,
    rulings.event,
    rulings.effective_on,
    rulings.ruling,
    case when rulings.is_away then {{ add_days('rulings.effective_on', 1) }} end as away_from_on,
    case when rulings.is_away then rulings.next_hire_on end as away_until_on,
    hires.batch_seq as hire_batch_seq,
    hires.row_in_batch as hire_row_in_batch
from rulings
left join judged as hires
    on rulings.ruling = 'ends_nothing'
    and rulings.employee_key = hires.employee_key
    and rulings.next_hire_number = hires.event_number
where rulings.ruling is not null
union all
select
    batch_seq,
    row_in_batch,
    employee_key,
    event,
    effective_on,
    'goes_on_elsewhere' as ruling,
    cast(null as date) as away_from_on,
    cast(null as date) as away_until_on,
    cast(null as bigint) as hire_batch_seq,
    cast(null as bigint) as hire_row_in_batch
from history
where (batch_seq, row_in_batch) in (select (ends.batch_seq, ends.row_in_batch) from ends_elsewhere as ends)
