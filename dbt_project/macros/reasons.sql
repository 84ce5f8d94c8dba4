{#- A reason as it is compared: without regard to case and blanks. -#}
{% macro reason_text(reason) -%}
    regexp_replace(lower({{ reason }}), '\s+', '', 'g')
{%- endmacro %}
