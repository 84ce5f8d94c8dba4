-- Grain: a quarantined job row that nothing newer has made good, of a person (employee_key, batch_seq, effective_on).
--
-- Made good by what would have replaced the row: a later snapshot of the source, a later window over its day, a later
-- batch with everything about the person, or a later row of the person and day. For a line of a list whose day can't be
-- read any later line of the person does.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with quarantined as (
    select
        jobs.batch_seq,
        jobs.source,
        batches.feed,
        people.employee_key,
        jobs.effective_on
    from {{ source('control', 'quarantined_jobs') }} as jobs
    inner join {{ source('control', 'batches') }} as batches on jobs.batch_seq = batches.batch_seq
    inner join {{ ref('int_employee_keys') }} as people on jobs.employee_id = people.employee_id
),

rows_held as (
    select source, employee_key, effective_on, batch_seq from {{ ref('stg_hr__job_history') }}
    union all
    select source, employee_key, as_of_on, batch_seq from {{ ref('stg_hr__roster') }}
),

later_batches as (
    select batch_seq, source, feed, mode, window_from, window_to
    from {{ source('control', 'batches') }}
    where mode in ('snapshot', 'window')
),

later_rows as (
    select
        rows_held.source,
        batches.feed,
        rows_held.employee_key,
        rows_held.effective_on,
        rows_held.batch_seq,
        batches.mode
    from rows_held
    inner join {{ source('control', 'batches') }} as batches on rows_held.batch_seq = batches.batch_seq
    where rows_held.employee_key in (select quarantined.employee_key from quarantined)
)

select distinct quarantined.employee_key, quarantined.batch_seq, quarantined.effective_on
from quarantined
where
    not exists (
        select 1
        from later_batches
        where
            later_batches.source = quarantined.source
            and later_batches.feed = quarantined.feed
            and later_batches.batch_seq > quarantined.batch_seq
            and (
                later_batches.mode = 'snapshot'
                or quarantined.effective_on between later_batches.window_from and later_batches.window_to
            )
    )
    and not exists (
        select 1
        from later_rows
        where
            later_rows.source = quarantined.source
            and later_rows.feed = quarantined.feed
            and later_rows.employee_key = quarantined.employee_key
            and later_rows.batch_seq > quarantined.batch_seq
            and (
                later_rows.mode = 'by_employee'
                or later_rows.effective_on = quarantined.effective_on
                or (later_rows.feed = 'roster' and quarantined.effective_on is null)
            )
    )
