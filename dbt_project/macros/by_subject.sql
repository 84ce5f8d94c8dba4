{#-
    Materialization of facts that can hold millions of rows: what concerns the changed subjects is made anew, the rest
    stays. A subject is what the rows of the fact hang together by, such as a person and a course.

        {{ config(
            materialized='by_subject',
            subject=['employee_key', 'course_id'],
            changed_subjects="select employee_key, course_id from {{ changed(ref('stg_lms__completions')) }}",
        ) }}
        select ... from {{ ref('stg_lms__completions') }} as completions
        {% if is_partial() %}
        where (employee_key, course_id) in (select employee_key, course_id from {{ changed_subjects() }})
        {% endif %}

    changed_subjects is SQL, rendered when the model runs, so dbt does not see its refs: those that the model itself
    does not make stand in a line above, `-- depends_on: {{ ref('stg_lms__courses') }}`. It has to name
    every subject whose rows may differ from the last build, those that lost all their rows too: hence changed() with
    the versions before and after. A first or a full build makes the whole table.
-#}
{% materialization by_subject, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set subject = config.require('subject') | join(', ') -%}
    {{ run_hooks(pre_hooks) }}
    {% if is_partial() %}
        {% call statement('changed_subjects') -%}
            create or replace temp table {{ changed_subjects() }} as
            select distinct {{ subject }} from ({{ render(config.require('changed_subjects')) }}) as changes
        {%- endcall %}
        {% if config.get('contract').enforced %}{% do get_assert_columns_equivalent(compiled_code) %}{% endif %}
        {% call statement('main') -%}
            delete from {{ target }} where ({{ subject }}) in (select {{ subject }} from {{ changed_subjects() }});
            insert into {{ target }} by name ({{ compiled_code }})
        {%- endcall %}
        {% do adapter.commit() %}
    {% else %}
        {% call statement('main', auto_begin=False) -%}
            {{ create_or_replace_table_sql(target, compiled_code) }}
        {%- endcall %}
    {% endif %}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{#- Whether a by_subject model is to make only the rows of changed_subjects(). -#}
{% macro is_partial() -%}
    {{ return(execute and load_cached_relation(this) is not none and not should_full_refresh()) }}
{%- endmacro %}


{#- Name of the relation with the subjects to make anew; there only while is_partial(). -#}
{% macro changed_subjects() -%}
    changed_subjects_of_{{ model.name }}
{%- endmacro %}
