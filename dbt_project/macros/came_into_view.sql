{#-
    Whether a date lies between the last day that counted in the build before and the one that counts now: what is
    dated so came into view, or went out of it when the day moved back. Nothing does while the day stays.
-#}
{% macro came_into_view(date_on) -%}
    (
        {{ date_on }} > (select least(previous_as_of_on, as_of_on) from {{ source('control', 'run') }})
        and {{ date_on }} <= (select greatest(previous_as_of_on, as_of_on) from {{ source('control', 'run') }})
    )
{%- endmacro %}
