{#- Rows of int_program_exposure as the panel that the function staggered_effect takes; null for an empty one. -#}
{% macro panel_of(relation) -%}
    list({
        'site_id': {{ relation }}.site_id,
        'month': {{ month_number(relation ~ '.month') }},
        'start': {{ month_number(relation ~ '.program_started_on') }},
        'person_years': cast({{ relation }}.person_years as double),
        'treated_person_years': cast({{ relation }}.treated_person_years as double),
        'events': cast({{ relation }}.events as double)
    }) filter (where {{ relation }}.site_id is not null)
{%- endmacro %}


{#- Fields of what staggered_effect gives, beside its status, and the columns that hold them. -#}
{% macro effect_columns() -%}
    {{ return({
        'estimate': 'estimate', 'low': 'estimate_low', 'high': 'estimate_high', 'p_value': 'p_value',
        'person_years': 'person_years', 'sites_treated': 'sites_treated', 'sites_not_yet': 'sites_not_yet',
    }) }}
{%- endmacro %}


{#- Months since the year 0. -#}
{% macro month_number(date_on) -%}
    cast(12 * extract(year from {{ date_on }}) + extract(month from {{ date_on }}) as integer)
{%- endmacro %}


{#- Calendar months from that of one date to that of another. -#}
{% macro months_between(from_on, to_on) -%}
    {{ month_number(to_on) }} - {{ month_number(from_on) }}
{%- endmacro %}


{#- Low, central and high value of an assumption, over the rows of dim_roi_assumptions. -#}
{% macro assumption(name) -%}
    max(case when name = '{{ name }}' then {'low': low, 'central': central, 'high': high} end)
{%- endmacro %}


{#-
    What the function probability_positive takes: rows of int_program_sums, of program_effect and of int_roi_scenarios,
    beside the ranges of a CTE `assumptions`.
-#}
{% macro worth_of(sums, effect, scenario) -%}
    {
        'effect': {
            'low': {{ effect }}.estimate_low, 'central': {{ effect }}.estimate, 'high': {{ effect }}.estimate_high
        },
        'person_years': {{ sums }}.person_years,
        'costs': {
            'fixed': coalesce({{ sums }}.fixed, 0.0),
            'loaded': coalesce({{ sums }}.loaded, 0.0),
            'mentoring': coalesce({{ sums }}.mentoring, 0.0),
            'exams': coalesce({{ sums }}.exams, 0.0)
        },
        'internal_fills': coalesce({{ sums }}.internal_fills, 0.0),
        'entry_refill_cost': {{ scenario }}.entry_refill_cost,
        'replacement_cost': assumptions.replacement_cost,
        'benefits_load': assumptions.benefits_load,
        'exam_fee': assumptions.exam_fee,
        'mentor_hours': assumptions.mentor_hours,
        'external_fill_cost': assumptions.external_fill_cost,
        'internal_fill_cost': assumptions.internal_fill_cost
    }
{%- endmacro %}
