{#-
    dbt's own table materialization with less around it: readers never see the build files, so there is no need to make
    a table under another name and swap it in, which costs several statements a model.
-#}
{% materialization table, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}{{ create_or_replace_table_sql(target, compiled_code) }}{%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{#- The table with the columns, types and constraints of its contract, where it has one, and filled. -#}
{% macro create_or_replace_table_sql(target, rows_sql) -%}
    {%- if config.get('contract').enforced %}
    {{ get_assert_columns_equivalent(rows_sql) }}
    create or replace table {{ target }} {{ get_table_columns_and_constraints() }};
    insert into {{ target }} by name ({{ rows_sql }})
    {%- else %}
    create or replace table {{ target }} as ({{ rows_sql }})
    {%- endif %}
{%- endmacro %}
