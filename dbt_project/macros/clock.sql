{#-
    The last day that counts. A model that uses it depends on control.run, and is rebuilt when the day moves; one that
    can do without must.
-#}
{% macro as_of_on() -%}
    (select as_of_on from {{ source('control', 'run') }})
{%- endmacro %}
