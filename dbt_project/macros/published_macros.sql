{% macro create_published_macros(database) -%}
    create or replace macro {{ database }}.main.wilson_low(k, n) as k / n
{%- endmacro %}
