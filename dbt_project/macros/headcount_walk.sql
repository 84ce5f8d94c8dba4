{#- The columns of the walk that count people coming into a cell or going out of it. -#}
{% macro movement_kinds() -%}
    {{ return([
        'hires', 'promotions_in', 'other_moves_in', 'promotions_out', 'other_moves_out',
        'separations_voluntary', 'separations_involuntary', 'separations_other', 'separations_unknown',
    ]) }}
{%- endmacro %}


{#- Days from a date through the end of the month of another, and no further than as_of_on. -#}
{% macro days_to_month_end(from_on, in_month_of) -%}
    {{ days_between(from_on, 'least(' ~ next_month_of(in_month_of) ~ ', ' ~ add_days(as_of_on(), 1) ~ ')') }}
{%- endmacro %}
