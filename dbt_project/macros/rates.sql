{#- A rate per person-year with its 95 % interval: three columns, null without person-time. -#}
{% macro rate_columns(events, person_years, name) -%}
    case when {{ person_years }} > 0 then {{ events }} / {{ person_years }} end as {{ name }},
    poisson_low({{ events }}, {{ person_years }}) as {{ name }}_low,
    poisson_high({{ events }}, {{ person_years }}) as {{ name }}_high
{%- endmacro %}


{#- A share with its 95 % interval: three columns, null without a denominator. -#}
{% macro share_columns(part, whole, name) -%}
    case when {{ whole }} > 0 then {{ part }} / {{ whole }} end as {{ name }},
    wilson_low({{ part }}, {{ whole }}) as {{ name }}_low,
    wilson_high({{ part }}, {{ whole }}) as {{ name }}_high
{%- endmacro %}
