{#-
    Which column of which staging model has to be found in which other: kind of what may be unknown, where it is known,
    and who points at it. Evaluators and whoever fills an opening may be people of no concern here.
-#}
{% macro orphan_references() -%}
    {%- set known = {
        'employee': ['int_people', 'employee_key', [
            ['stg_hr__job_history', 'employee_key'], ['stg_hr__exit_interviews', 'employee_key'],
            ['stg_hr__evaluations', 'employee_key'], ['stg_hr__mentorships', 'mentor_key'],
            ['stg_hr__mentorships', 'mentee_key'], ['stg_hr__pathway_enrollments', 'employee_key'],
            ['stg_hr__rewards', 'employee_key'], ['stg_credentials__credentials', 'employee_key'],
            ['stg_credentials__exam_attempts', 'employee_key'], ['stg_credentials__ce_credits', 'employee_key'],
            ['stg_lms__assignments', 'employee_key'], ['stg_lms__completions', 'employee_key'],
            ['stg_program__time_off', 'employee_key'],
        ]],
        'manager': ['int_people', 'employee_key', [
            ['stg_hr__job_history', 'manager_key'], ['stg_hr__roster', 'manager_key'],
        ]],
        'job_code': ['stg_program__job_tiers', 'job_code', [
            ['stg_hr__job_history', 'job_code'], ['stg_hr__roster', 'job_code'], ['stg_hr__openings', 'job_code'],
        ]],
        'site': ['stg_program__sites', 'site_id', [
            ['stg_hr__job_history', 'site_id'], ['stg_hr__roster', 'site_id'], ['stg_hr__openings', 'site_id'],
            ['stg_program__program_costs', 'site_id'], ['stg_program__targets', 'site_id'],
            ['stg_program__interventions', 'site_id'],
        ]],
        'course': ['stg_lms__courses', 'course_id', [
            ['stg_lms__assignments', 'course_id'], ['stg_lms__completions', 'course_id'],
        ]],
        'tier': ['stg_program__tiers', 'tier', [
            ['stg_program__job_tiers', 'tier'], ['stg_program__tier_paths', 'from_tier'],
            ['stg_program__tier_paths', 'to_tier'], ['stg_program__tier_requirements', 'tier'],
        ]],
        'skill': ['stg_program__skills', 'skill_id', [['stg_lms__courses', 'skill_id']]],
        'competency': ['stg_hr__competencies', 'competency_id', [['stg_hr__evaluations', 'competency_id']]],
        'credential_type': ['stg_program__credential_types', 'credential_code', [
            ['stg_credentials__credentials', 'credential_code'],
            ['stg_program__certification_rules', 'credential_code'], ['stg_program__ce_rules', 'credential_code'],
        ]],
    } -%}
    {#- Which record is whose can change with any of these, where it takes more than ids to tell. -#}
    {%- set who_is_who = ['employees', 'roster'] + (['job_history', 'person_links'] if knows_people_by_more() else []) -%}
    {%- set references = [] -%}
    {%- for kind, (known_model, known_column, pointers) in known.items() -%}
        {%- for model_name, column in pointers -%}
            {%- do references.append({
                'kind': kind,
                'model': model_name,
                'feed': model_name.split('__')[1],
                'column': column,
                'known_model': known_model,
                'known_feeds': who_is_who if kind in ['employee', 'manager'] else [known_model.split('__')[1]],
                'known_column': known_column,
                'delivered_as': "'employees', 'roster'" if known_model == 'int_people'
                    else "'" ~ known_model.split('__')[1] ~ "'",
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(references) }}
{%- endmacro %}


{#- Those that this build can have changed: all of them in a first build. -#}
{% macro changed_orphan_references() -%}
    {%- if not is_partial() -%}
        {{ return(orphan_references()) }}
    {%- endif -%}
    {%- set pending = run_query(
        "select distinct feed from " ~ source('control', 'batches') ~ " where is_pending"
    ).columns[0].values() -%}
    {%- set changed = [] -%}
    {%- for reference in orphan_references() -%}
        {%- if ([reference.feed] + reference.known_feeds) | select('in', pending) | list -%}
            {%- do changed.append(reference) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(changed) }}
{%- endmacro %}


{#- The same as subjects of quality.orphans. -#}
{% macro changed_orphan_subjects() -%}
    {%- for reference in changed_orphan_references() %}
    select '{{ reference.kind }}' as kind, '{{ reference.feed }}' as feed
    union all
    {%- endfor %}
    select null as kind, null as feed where false
{%- endmacro %}
