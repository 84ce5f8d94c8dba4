-- Grain: one row: within how many days of the last day 90 % of the separations of the last two years were told of.
--
-- Measurable only for what landed on a later day than the source's first delivery of the feed, which brings years at
-- once; null where that is true of nothing.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with landed as (
    select
        batch_seq,
        source,
        cast(landed_at as date) as landed_on,
        min(cast(landed_at as date)) over (partition by source, feed) as first_landed_on
    from {{ source('control', 'batches') }}
    where feed in ('job_history', 'roster')
),

reports as (
    select coalesce(people.employee_key, told.employee_key) as employee_key, told.last_day_on, told.first_batch_seq
    from {{ ref('stg_hr__termination_reports') }} as told
    left join {{ ref('int_employee_keys') }} as people on told.employee_key = people.own_key
    union all
    select employee_key, effective_on, told_by_batch_seq
    from {{ ref('int_roster_events') }}
    where event = 'termination'
)

select
    quantile_disc(
        greatest({{ days_between('reports.last_day_on', 'landed.landed_on') }}, 0), 0.9
    ) as delay_days
from reports
inner join landed on reports.first_batch_seq = landed.batch_seq
inner join {{ ref('fct_employments') }} as employments
    on reports.employee_key = employments.employee_key
    and {{ add_days('reports.last_day_on', 1) }} = employments.ended_on
where
    landed.landed_on > landed.first_landed_on
    and reports.last_day_on > {{ add_months(as_of_on(), -24) }}
