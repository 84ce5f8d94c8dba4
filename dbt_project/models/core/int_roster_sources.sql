-- Grain: a source that lists somebody, and until when it is its lists that count for them (source, employee_key).
--
-- Somebody on the lists of several sources is one person with one history. Of the sources that have them on their
-- newest list, still at work there, the one that listed them first tells it (counts_until_on is the end of time);
-- before it had them, the one that did. Lists that are a month older than the newest of another of these sources have
-- ended: nobody is on them any more. What the others say in that time is left out, and listed as a problem. Where two
-- ids are confirmed to be one person's, employee_key is that of the id.
-- depends_on: {{ ref('int_employee_keys') }}
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with lines as (
    select
        roster.source,
        roster.as_of_on,
        {{ 'people.own_key' if has_person_links() else 'roster.employee_key' }} as employee_key,
        coalesce(roster.terminated_on <= roster.as_of_on, false) as has_left,
        max(roster.as_of_on) over (partition by roster.source) as newest_list_on
    from {{ ref('stg_hr__roster') }} as roster
    {%- if has_person_links() %}
    inner join {{ ref('int_employee_keys') }} as people on roster.employee_written = people.employee_id
    {%- endif %}
    where roster.as_of_on <= {{ as_of_on() }}
),

sightings as (
    select
        source,
        employee_key,
        min(as_of_on) as first_on,
        max(as_of_on) as last_on,
        max(newest_list_on) as newest_list_on,
        max_by(has_left, as_of_on) as has_left
    from lines
    group by source, employee_key
),

compared as (
    select
        *,
        last_on = newest_list_on
        and not has_left
        and newest_list_on >= {{ add_days('max(newest_list_on) over (partition by employee_key)', -31) }} as is_current
    from sightings
),

ranked as (
    select
        *,
        row_number() over (
            partition by employee_key
            order by
                not is_current,
                case when is_current then first_on end,
                {{ days_between('last_on', end_of_time()) }},
                first_on,
                source
        ) as place,
        row_number() over (partition by employee_key order by first_on, source) as turn
    from compared
)

select
    source,
    employee_key,
    first_on,
    last_on,
    case
        when place = 1 then {{ end_of_time() }}
        when turn = 1 then min(case when place = 1 then first_on end) over (partition by employee_key)
        else {{ beginning_of_time() }}
    end as counts_until_on
from ranked
