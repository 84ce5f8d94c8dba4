{#-
    CTEs that compare the lists of a source with each other (int_roster_events), in the order of their days, however
    they landed.

    `lines`: a line of a list that counts (source, employee_key, as_of_on), with the employment that it belongs to.
    Whoever has a start or a change in job_history has a history, which a list can only blur: their lines are left out.
    (A leave or a termination alone is none: it adds to what the lists say.) Where two ids are confirmed to be one
    person's (has_person_links), employee_key is that of the id: each has lines of its own. Of somebody on the lists of
    several sources one source's lines count at a time (int_roster_sources): they are one line of lists.
-#}
{% macro roster_lines() -%}
lists as (
    select
        source,
        as_of_on,
        lag(as_of_on) over in_turn as previous_list_on,
        lead(as_of_on) over in_turn as next_list_on,
        lead(min(batch_seq)) over in_turn as next_list_batch_seq
    from {{ ref('stg_hr__roster') }}
    where as_of_on <= {{ as_of_on() }}
    group by source, as_of_on
    window in_turn as (partition by source order by as_of_on)
),

listed as (
    select
        roster.*
        {%- if has_person_links() %} replace (people.own_key as employee_key){% endif %},
        lists.previous_list_on,
        lists.next_list_on,
        lists.next_list_batch_seq,
        -- Systems keep the last day of an earlier employment on the line of somebody who came back.
        case when coalesce(roster.terminated_on >= roster.hired_on, true) then roster.terminated_on end as left_on
    from {{ ref('stg_hr__roster') }} as roster
    inner join lists on roster.source = lists.source and roster.as_of_on = lists.as_of_on
    {%- if has_person_links() %}
    inner join {{ ref('int_employee_keys') }} as people on roster.employee_written = people.employee_id
    {%- endif %}
    inner join {{ ref('int_roster_sources') }} as tellers
        on roster.source = tellers.source
        and tellers.employee_key = {{ 'people.own_key' if has_person_links() else 'roster.employee_key' }}
        and roster.as_of_on < tellers.counts_until_on
    left join {{ ref('int_reversed_roster_lines') }} as reversed
        on roster.source = reversed.source
        and roster.employee_key = reversed.employee_key
        and roster.as_of_on = reversed.as_of_on
    where reversed.employee_key is null and not exists (
        select 1
        from {{ ref('stg_hr__job_history') }} as history
        where history.employee_key = roster.employee_key and history.event in ('hire', 'rehire', 'job_change')
    )
),

compared as (
    select
        *,
        coalesce(left_on <= as_of_on, false) as has_left,
        lag(as_of_on) over in_turn as listed_before_on,
        -- Missing on a list in between; where another source has them now, on one of each, or for a month.
        coalesce(
            lag(coalesce(next_list_on, {{ end_of_time() }})) over in_turn
            <= coalesce(previous_list_on, {{ add_days('as_of_on', -31) }}),
            false
        ) as has_missed,
        lag(hired_on) over in_turn as hired_before_on,
        lag(case when left_on <= as_of_on then left_on end) over in_turn as left_before_on,
        bool_or(coalesce(hired_on <= as_of_on, true)) over (
            in_turn rows between unbounded preceding and 1 preceding
        ) as had_begun
    from listed
    window in_turn as (partition by employee_key order by as_of_on)
),

beginnings as (
    select
        *,
        case
            when listed_before_on is null then 'first_seen'
            -- (Who was only announced and is announced again has not been away.)
            when not has_left and (left_before_on is not null or (has_missed and had_begun))
                then 'returned'
            -- A first day after a list with them, on which they had begun before: they left and came in between.
            when
                hired_on > coalesce(left_before_on, listed_before_on)
                and (left_before_on is not null or hired_before_on <= listed_before_on)
                then 'hired_anew'
        end as beginning
    from compared
),

lines as (
    select
        *,
        count(beginning) over (
            partition by employee_key order by as_of_on rows unbounded preceding
        ) as employment_number
    from beginnings
)
{%- endmacro %}


{#-
    `employments`: one that the lines tell of (employee_key, employment_number), with its first and last day.
    Somebody's first list hires them on hired_on, or without one says no more than that they were there; back on a list
    is a rehire on the later of hired_on and that list. The last day is terminated_on, else that of the last list with
    them; also where they were back before the last day that had been announced, which then was not kept. Whoever was
    listed before a first day that never came was never employed (has_started).
-#}
{% macro roster_employments() -%}
{%- set is_of_this = 'left_on is not distinct from terminated_on' -%}
sums as (
    select
        employee_key,
        employment_number,
        max(beginning) as beginning,
        min(as_of_on) as first_listed_on,
        max(as_of_on) as last_listed_on,
        min(previous_list_on) as list_before_on,
        -- Of a first day, a type and a reason the newest that is stated counts, of a last day the newest line.
        max_by(hired_on, as_of_on) as hired_on,
        max_by(case when {{ is_of_this }} then separation_type end, as_of_on) as separation_type,
        max_by(case when {{ is_of_this }} then reason end, as_of_on) as reason,
        max_by(coalesce(left_on, {{ end_of_time() }}), as_of_on) as left_on,
        max_by(coalesce(next_list_on, {{ end_of_time() }}), as_of_on) as next_list_on,
        max_by(next_list_batch_seq, as_of_on) as next_list_batch_seq,
        max_by(batch_seq, as_of_on) as last_line_batch_seq
    from lines
    group by employee_key, employment_number
),

kept as (
    select
        *,
        left_on < {{ end_of_time() }} and coalesce(
            left_on < lead(first_listed_on) over (partition by employee_key order by employment_number), true
        ) as has_stated_end
    from sums
),

ended as (
    select
        *,
        case
            when has_stated_end then left_on
            when next_list_on < {{ end_of_time() }} then last_listed_on
        end as last_day_on
    from kept
),

employments as (
    select
        employee_key,
        employment_number,
        beginning,
        list_before_on,
        hired_on,
        separation_type,
        reason,
        has_stated_end,
        next_list_on,
        last_day_on,
        case when has_stated_end then last_line_batch_seq else next_list_batch_seq end as end_told_by_batch_seq,
        case
            -- Told of when it was over.
            when has_stated_end and last_day_on < first_listed_on then coalesce(hired_on, last_day_on)
            when beginning = 'first_seen' then coalesce(hired_on, first_listed_on)
            else greatest(coalesce(hired_on, first_listed_on), first_listed_on)
        end as first_day_on
    from ended
)
{%- endmacro %}
