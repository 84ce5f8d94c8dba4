{#-
    People whose records may have to move, as the stems of a staging table's keys (employee of employee_key): those that
    the table keeps the written name of (persons.sql), when this build takes in anything that says who is who.
-#}
{% macro movable_people(target) -%}
    {%- set stems = [] -%}
    {%- if needs_matches() and run_query(
        "select count(*) as batch_count from " ~ source('control', 'batches')
        ~ " where is_pending and feed in ('employees', 'job_history', 'roster', 'person_links')"
    ).rows[0]['batch_count'] -%}
        {%- for name in column_names(target) if name.endswith('_written') -%}
            {%- do stems.append(name | replace('_written', '')) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(stems) }}
{%- endmacro %}


{% macro column_names(relation) -%}
    {{ return(adapter.get_columns_in_relation(relation) | map(attribute='name') | list) }}
{%- endmacro %}


{#- Gives rows their present keys; `moved` then holds those that changed, as they were. -#}
{% macro move_people_sql(target, stems) -%}
    {%- set relations = {'moved': target} -%}
    {%- if config.get('first_landed') -%}{%- do relations.update({'moved_removed': side_table(target, 'removed')}) -%}
    {%- endif -%}
    {%- for moved, relation in relations.items() %}
    create or replace temp table {{ moved }} as
    select
        held.rowid as row_id,
        held.*
        {%- for stem in stems %},
        {{ matched_key(stem) }} as new_{{ stem }}_key
        {%- endfor %}
    from {{ relation }} as held
    {{ join_naming('held') }}
    {%- for stem in stems %}
    {{ join_matches(stem, 'held', stem ~ '_written') }}
    {%- endfor %}
    where
        {%- for stem in stems %}
        {{ matched_key(stem) }} is distinct from held.{{ stem }}_key{{ ' or' if not loop.last }}
        {%- endfor %};

    update {{ relation }} as held
    set {% for stem in stems %}{{ stem }}_key = {{ moved }}.new_{{ stem }}_key{{ ', ' if not loop.last }}{% endfor %}
    from {{ moved }}
    where held.rowid = {{ moved }}.row_id{{ ';' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
