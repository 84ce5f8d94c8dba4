{#-
    Whom the person columns of landed rows mean. Staging models say

        select {{ person('employee_id') }}, ... from {{ source('landing', 'completions') }} as r
        {{ join_persons(['employee_id']) }}

    which gives employee_key. Where every source names people by employee id and nobody has confirmed any link, that is
    the id's key and one join. Else it is, first that fits: whose the name was on the record's day (int_person_matches;
    for feeds that say who is who int_person_links), the id's key, or a key of the source and the name that no employee
    has; and the name is kept as employee_written, so that feed_state can move a record when a match changes.

    A match is asked for the model's date_column, or for its `matched_on`; a record without a day for the end of time.
-#}
{% macro person(column) -%}
    {%- set stem = person_stem(column) -%}
    {%- if needs_matches() -%}
    {{ matched_key(stem) }} as {{ stem }}_key, r.{{ column }} as {{ stem }}_written
    {%- else -%}
    {{ stem }}.employee_key as {{ stem }}_key
    {%- endif -%}
{%- endmacro %}


{% macro join_persons(columns) -%}
    {%- set matches = person_matches() -%}
    {%- set is_matched = needs_matches() -%}
    {%- if is_matched %}
{{ join_naming('r') }}
    {%- endif %}
    {%- for column in columns %}
        {%- if is_matched %}
{{ join_matches(person_stem(column), 'r', column) }}
        {%- else %}
left join {{ source('control', 'employee_keys') }} as {{ person_stem(column) }}
    on r.{{ column }} = {{ person_stem(column) }}.employee_id
        {%- endif %}
    {%- endfor %}
{%- endmacro %}


{#- Whether a person column of this model's feed may hold anything but ids of their own. -#}
{% macro needs_matches() -%}
    {%- if not execute -%}{{ return(false) }}{%- endif -%}
    {{ return(has_person_links() or run_query(
        "select count(*) as found from " ~ source('control', 'persons') ~ " where feed = '" ~ feed_of_model() ~ "'"
    ).rows[0]['found'] > 0) }}
{%- endmacro %}


{#- Whether anybody has confirmed whose any name is. -#}
{% macro has_person_links() -%}
    {%- if not execute -%}{{ return(false) }}{%- endif -%}
    {{ return(run_query(
        "select count(*) as found from " ~ source('control', 'batches')
        ~ " where feed = 'person_links' and row_count > 0"
    ).rows[0]['found'] > 0) }}
{%- endmacro %}


{#- Whether any source names people otherwise than by employee id, or any link does. -#}
{% macro knows_people_by_more() -%}
    {%- if not execute -%}{{ return(false) }}{%- endif -%}
    {{ return(has_person_links() or run_query(
        "select count(*) as found from " ~ source('control', 'persons')
    ).rows[0]['found'] > 0) }}
{%- endmacro %}


{% macro feed_of_model() -%}
    {{ return(model.name.split('__')[1] if model is defined else '') }}
{%- endmacro %}


{% macro person_stem(column) -%}
    {{ return(column | replace('_id', '')) }}
{%- endmacro %}


{#- The feeds that say who is who are by employee id, and what they say can't hang on what is found out from them. -#}
{% macro person_matches() -%}
    {%- if feed_of_model() in ['employees', 'job_history', 'roster', 'termination_reports'] -%}
        {%- set matches = ref('int_person_links') -%}
    {%- else -%}
        {%- set matches = ref('int_person_matches') -%}
    {%- endif -%}
    {%- set keys = ref('int_employee_keys') -%}
    {{ return(matches) }}
{%- endmacro %}


{% macro matched_key(stem) -%}
    coalesce({{ stem }}_match.employee_key, {{ stem }}.employee_key, {{ stem }}_stranger.person_key)
{%- endmacro %}


{#- How the source of a row names people: null where by employee id. -#}
{% macro join_naming(rows) -%}
left join {{ source('control', 'persons') }} as naming
    on {{ rows }}.source = naming.source and naming.feed = '{{ feed_of_model() }}'
{%- endmacro %}


{% macro join_matches(stem, rows, column) -%}
    {%- set date_on = config.get('matched_on') or config.get('date_column') or 'cast(null as date)' -%}
    {%- set on_day = 'coalesce(' ~ date_on ~ ', ' ~ end_of_time() ~ ')' -%}
left join {{ person_matches() }} as {{ stem }}_match
    on {{ rows }}.source = {{ stem }}_match.source
    and {{ person_text(rows ~ '.' ~ column) }} = {{ stem }}_match.person
    and {{ on_day }} >= coalesce({{ stem }}_match.valid_from_on, {{ beginning_of_time() }})
    and ({{ stem }}_match.valid_to_on is null or {{ on_day }} < {{ stem }}_match.valid_to_on)
left join {{ ref('int_employee_keys') }} as {{ stem }}
    on case when naming.source is null then {{ rows }}.{{ column }} end = {{ stem }}.employee_id
left join {{ source('control', 'person_keys') }} as {{ stem }}_stranger
    on naming.source = {{ stem }}_stranger.source and {{ rows }}.{{ column }} = {{ stem }}_stranger.person
{%- endmacro %}


{#- A name as it is compared: addresses without regard to case, anything else as written. -#}
{% macro person_text(name) -%}
    case when {{ name }} like '%@%' then lower(trim({{ name }})) else {{ name }} end
{%- endmacro %}
