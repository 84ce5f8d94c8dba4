{#- Everybody whom a current record of any feed names, once: a query with the one column employee_key. -#}
{% macro named_people() -%}
    {%- set persons = {
        'stg_hr__employees': ['employee_key'],
        'stg_hr__job_history': ['employee_key', 'manager_key'],
        'stg_hr__roster': ['employee_key', 'manager_key'],
        'stg_hr__exit_interviews': ['employee_key'],
        'stg_hr__evaluations': ['employee_key', 'evaluator_key'],
        'stg_hr__mentorships': ['mentor_key', 'mentee_key'],
        'stg_hr__pathway_enrollments': ['employee_key'],
        'stg_hr__rewards': ['employee_key'],
        'stg_hr__openings': ['filled_by_key'],
        'stg_credentials__credentials': ['employee_key'],
        'stg_credentials__exam_attempts': ['employee_key'],
        'stg_credentials__ce_credits': ['employee_key'],
        'stg_lms__assignments': ['employee_key'],
        'stg_lms__completions': ['employee_key'],
        'stg_program__time_off': ['employee_key'],
        'int_person_links': ['employee_key'],
    } %}
    {%- for model, columns in persons.items() %}
        {%- set is_last_model = loop.last %}
        {%- for column in columns %}
    select {{ column }} as employee_key from {{ ref(model) }}
            {%- if not (is_last_model and loop.last) %}
    union
            {%- endif %}
        {%- endfor %}
    {%- endfor %}
{%- endmacro %}
