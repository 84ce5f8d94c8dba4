{#-
    CTEs of quality.standing_problems: `silent`, the feeds and the sources that fell silent, and `late`, the HR sources that
    are far behind the others.
-#}
{% macro silent_and_late() -%}
silences as (
    select
        source,
        case when silence_of = 'feed' then feed end as silent_feed,
        because_of,
        newest_record_on
    from {{ ref('coverage') }}
    where is_silent
),

silent as (
    select
        'silent_feed' as kind,
        source,
        silent_feed as feed,
        coalesce(silent_feed, source) as subject,
        case
            when silent_feed is not null then min(because_of)
            else 'Known through its newest record only: ' || split_part(min(because_of), ': ', 2)
        end as problem,
        cast(max(newest_record_on) as timestamp) as since,
        'Have ' || source || ' deliver what came since; if there was nothing: rxladder acknowledge ' || source
        || coalesce('/' || silent_feed, '') as cure,
        count(*) as affected_count
    from silences
    group by source, silent_feed
),

late as (
    select
        'late_source' as kind,
        source,
        min(feed) as feed,
        source as subject,
        min(because_of) || '. That is more than 31 days behind the other sources of HR: its people stay as they last were'
            as problem,
        cast(max(covers_through_on) as timestamp) as since,
        'Have ' || source || ' deliver again; if it has ended: rxladder acknowledge ' || source as cure,
        count(*) as affected_count
    from {{ ref('coverage') }}
    where is_late and not is_acknowledged
    group by source
)
{%- endmacro %}
