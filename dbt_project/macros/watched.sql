{#- The day before which nobody at all was watched; null where somebody is watched from ever. -#}
{% macro watched_since() -%}
    (
        select case when count(*) = count(watched.watched_from_on) then min(watched.watched_from_on) end
        from {{ ref('int_watched_from') }} as watched
    )
{%- endmacro %}


{#- Whether a month of a cell counts: not where all who were there were not yet watched. -#}
{% macro is_month_covered(last_day_on, person_days, unwatched_person_days) -%}
    coalesce({{ last_day_on }} >= {{ watched_since() }}, true)
    and ({{ person_days }} > 0 or {{ unwatched_person_days }} = 0)
{%- endmacro %}
