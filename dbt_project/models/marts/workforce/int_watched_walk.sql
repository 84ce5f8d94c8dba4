-- Grain: a cell of the ladder in a month, as in headcount_walk_by_month, with the time and the events that rates count:
-- those from the day on from which the person is watched (month, site_id, tier, employment_class). Private.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
{%- set counts = [
    'promotions_out', 'separations_voluntary', 'separations_involuntary', 'separations_other', 'separations_unknown',
] %}
with unwatched_days as (
    select
        months.month,
        job_spells.site_id,
        job_spells.tier,
        job_spells.employment_class,
        'days' as kind,
        {{ days_between(
            'greatest(job_spells.started_on, months.month)',
            'least(job_spells.ended_on, watched.watched_from_on, ' ~ add_days('months.last_day_on', 1) ~ ')'
        ) }} as counted
    from {{ ref('fct_job_spells') }} as job_spells
    inner join {{ ref('int_watched_from') }} as watched
        on job_spells.employee_key = watched.employee_key and job_spells.started_on < watched.watched_from_on
    inner join {{ ref('dim_months') }} as months
        on months.month < least(job_spells.ended_on, watched.watched_from_on)
        and job_spells.started_on <= months.last_day_on
    where job_spells.tier is not null
),

-- An event belongs to the last day lived before it: who is first seen the day after was not seen to go.
unwatched_events as (
    select
        {{ month_of("case when spells.end_reason = 'promoted' then spells.ended_on else "
            ~ add_days('spells.ended_on', -1) ~ ' end') }} as month,
        job_spells.site_id,
        job_spells.tier,
        job_spells.employment_class,
        case
            when spells.end_reason = 'promoted' then 'promotions_out'
            else replace(spells.end_reason, 'separated', 'separations')
        end as kind,
        1 as counted
    from {{ ref('fct_tier_spells') }} as spells
    inner join {{ ref('int_watched_from') }} as watched
        on spells.employee_key = watched.employee_key and spells.ended_on <= watched.watched_from_on
    inner join {{ ref('fct_job_spells') }} as job_spells
        on spells.employee_key = job_spells.employee_key and spells.ended_on = job_spells.ended_on
    where spells.end_reason = 'promoted' or spells.end_reason like 'separated%'
),

unwatched as (
    select
        month,
        site_id,
        tier,
        employment_class,
        {%- for count in counts %}
        count(case when kind = '{{ count }}' then 1 end) as {{ count }},
        {%- endfor %}
        sum(case when kind = 'days' then counted else 0 end) as person_days
    from (
        select * from unwatched_days
        union all
        select * from unwatched_events
    ) as parts
    group by month, site_id, tier, employment_class
)

select
    walk.month,
    walk.site_id,
    walk.tier,
    walk.employment_class,
    walk.person_days - coalesce(unwatched.person_days, 0) as person_days,
    coalesce(unwatched.person_days, 0) as unwatched_person_days,
    {%- for count in counts %}
    walk.{{ count }} - coalesce(unwatched.{{ count }}, 0) as {{ count }},
    {%- endfor %}
    walk.closing
from {{ ref('headcount_walk_by_month') }} as walk
left join unwatched
    on walk.month = unwatched.month
    and walk.site_id is not distinct from unwatched.site_id
    and walk.tier = unwatched.tier
    and walk.employment_class = unwatched.employment_class
