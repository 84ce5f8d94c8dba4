{#-
    What identifies a record within its source when no single column does. Parts may be null: a job code that always
    held its tier has no effective_on. (Records that may lack an id of their own get it at landing.)

        {{ record_key(['r.job_code', 'r.effective_on']) }} as record_key
-#}
{% macro record_key(columns) -%}
    {%- for column in columns -%}
        coalesce(cast({{ column }} as varchar), ''){{ " || chr(31) || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
