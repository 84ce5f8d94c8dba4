{#- The columns of a share: <name>, a fraction or null without a denominator, with its 95 % interval (Wilson). -#}
{% macro share(numerator, denominator, name) -%}
    {{ numerator }} / nullif({{ denominator }}, 0) as {{ name }},
    wilson_low({{ numerator }}, {{ denominator }}) as {{ name }}_low,
    wilson_high({{ numerator }}, {{ denominator }}) as {{ name }}_high
{%- endmacro %}
