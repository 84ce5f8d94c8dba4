{#- A number with its noun, for sentences that people read: 1 day, 2 days. -#}
{% macro counted(number, noun) -%}
    {{ number }} || case when {{ number }} = 1 then ' {{ noun }}' else ' {{ noun }}s' end
{%- endmacro %}


{#- A line of CSV; null is an empty field. -#}
{% macro csv_line(fields) -%}
    {%- for field in fields -%}
        {%- if field != 'null' -%}
        case
            when regexp_matches({{ field }}, '[",\r\n]') then '"' || replace({{ field }}, '"', '""') || '"'
            else coalesce({{ field }}, '')
        end
        {%- else -%}''{%- endif -%}
        {{ " || ',' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
