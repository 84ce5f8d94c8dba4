{#- A name or title without case, accents, punctuation and the ending of a company's name; null where nothing is left. -#}
{% macro bare_name(text) -%}
    {%- set words = "trim(regexp_replace(lower(strip_accents(" ~ text ~ ")), '[^a-z0-9]+', ' ', 'g'))" -%}
    {%- set endings = 'inc|llc|llp|lp|ltd|limited|corp|corporation|co|company|plc|gmbh' -%}
    nullif(trim(regexp_replace({{ words }}, '( (?:{{ endings }}))+$', '')), '')
{%- endmacro %}
