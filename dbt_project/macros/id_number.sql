{#- An id as a number, where it is one: 9 comes before 10. -#}
{% macro id_number(id) -%}
    case when regexp_full_match({{ id }}, '[0-9]{1,38}') then cast({{ id }} as hugeint) end
{%- endmacro %}
