{#-
    The last day that counts. A model that uses it depends on control.run, and is rebuilt when the day moves; one that
    can do without must.
-#}
{% macro as_of_on() -%}
    (select as_of_on from {{ source('control', 'run') }})
{%- endmacro %}


{#-
    The last day, as_of_on at most, through which all sources tell what these feeds tell: what rests on them is asked as
    of it, and later months are not covered. A feed that control.coverage does not name counts as told through as_of_on.
    A source more than 31 days behind another that tells the same feed holds nothing back: a system that was replaced
    years ago would stop the clock for ever. It is listed (quality.standing_problems).
-#}
{% macro covered_through(feeds) -%}
    least(
        {{ as_of_on() }},
        coalesce(
            (
                select min(told.covers_through_on)
                from (
                    select
                        covers_through_on,
                        max(covers_through_on) over (partition by feed) as newest_on
                    from {{ source('control', 'coverage') }}
                    where feed in ('{{ feeds | join("', '") }}')
                ) as told
                where told.covers_through_on >= {{ add_days('told.newest_on', -31) }}
            ),
            {{ as_of_on() }}
        )
    )
{%- endmacro %}


{#- The feeds that the marts of a subject rest on, beside those of HR, through which as_of_on tells. -#}
{% macro training_feeds() -%} {{ return(['assignments', 'completions']) }} {%- endmacro %}
