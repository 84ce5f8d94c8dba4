{#-
    What identifies a record within its source: its id or, where the source has none, its natural key. Parts of a
    natural key may be null (a job code that always held its tier has no effective_on).

    {{ record_key(['r.employee_id', 'r.course_id', 'r.completed_on'], id='r.completion_id') }}
-#}
{% macro record_key(natural_key, id=none) -%}
    {%- set parts = [] -%}
    {%- for column in natural_key -%}
        {%- do parts.append("coalesce(cast(" ~ column ~ " as varchar), '')") -%}
    {%- endfor -%}
    {%- set natural = parts | join(" || chr(31) || ") -%}
    {%- if id is none -%}
        {{ natural }}
    {%- else -%}
        coalesce({{ id }}, {{ natural }})
    {%- endif -%}
{%- endmacro %}
