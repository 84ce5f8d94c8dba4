{#- The columns of a share: <name>_rate, a fraction or null without a denominator, with its 95 % interval (Wilson). -#}
{% macro share(numerator, denominator, name) -%}
    {{ numerator }} / nullif({{ denominator }}, 0) as {{ name }}_rate,
    wilson_low({{ numerator }}, {{ denominator }}) as {{ name }}_rate_low,
    wilson_high({{ numerator }}, {{ denominator }}) as {{ name }}_rate_high
{%- endmacro %}
