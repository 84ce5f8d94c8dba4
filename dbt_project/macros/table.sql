{#-
    dbt's own table materialization with less around it. Readers never see the build files, and a build that fails is
    made anew: so there is no table under another name to swap in, and no transaction, which cost six statements a model.
-#}
{% materialization table, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main', auto_begin=False) -%}{{ create_or_replace_table_sql(target, compiled_code) }}{%- endcall %}
    {{ run_hooks(post_hooks) }}
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


{#-
    dbt's check of a contract, asking the database once instead of twice: contracts name types as DuckDB does
    (varchar, decimal(18,4)).
-#}
{% macro duckdb__get_assert_columns_equivalent(sql) -%}
    {%- set found = [] -%}
    {%- for column in get_column_schema_from_query(sql) -%}
        {%- do found.append(contract_column(column.column, column.dtype)) -%}
    {%- endfor -%}
    {%- set promised = [] -%}
    {%- for column in model['columns'].values() -%}
        {%- do promised.append(contract_column(column['name'], column['data_type'])) -%}
    {%- endfor -%}
    {%- if found | sort(attribute='formatted') != promised | sort(attribute='formatted') -%}
        {%- do exceptions.raise_contract_error(promised, found) -%}
    {%- endif -%}
{%- endmacro %}


{% macro contract_column(name, data_type) -%}
    {{ return({'name': name, 'data_type': data_type | lower, 'formatted': name ~ ' ' ~ data_type | lower}) }}
{%- endmacro %}
