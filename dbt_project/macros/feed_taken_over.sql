{#- Rows that a later batch removed by not holding them, and the first batch that did. -#}
{% macro taken_over_sql(target, modes, rows_sql) -%}
    {%- set date_column = config.get('date_column') -%}
    {%- set person_column = config.get('person_column') -%}
    {#- What a batch holds is everything under a name: whoever has two of them is not spoken of under the other. -#}
    {%- set written = (person_column or '') | replace('_key', '_written') -%}
    {%- if person_column and written in rows_sql -%}{%- set person_column = written -%}{%- endif -%}
    {%- set parts = [] -%}
    {%- if 'snapshot' in modes -%}
        {%- set part -%}
        select held.rowid as row_id, later.batch_seq as removed_by_seq
        from {{ target }} as held
        asof join (select source, batch_seq from pending where mode = 'snapshot') as later
            on held.source = later.source and held.batch_seq < later.batch_seq
        {%- endset -%}
        {%- do parts.append(part) -%}
    {%- endif -%}
    {%- if 'window' in modes and date_column -%}
        {%- set part -%}
        select held.rowid as row_id, later.batch_seq as removed_by_seq
        from {{ target }} as held
        asof join (
            select pending.source, dates.on_date, pending.batch_seq
            from (select distinct source, {{ date_column }} as on_date from {{ target }}) as dates
            inner join pending on dates.source = pending.source
                and dates.on_date between pending.window_from and pending.window_to
            where pending.mode = 'window'
        ) as later
            on held.source = later.source and held.{{ date_column }} = later.on_date
            and held.batch_seq < later.batch_seq
        {%- endset -%}
        {%- do parts.append(part) -%}
    {%- endif -%}
    {%- if 'by_employee' in modes and person_column -%}
        {%- set part -%}
        select held.rowid as row_id, later.batch_seq as removed_by_seq
        from {{ target }} as held
        asof join (
            select distinct held.source, held.{{ person_column }}, held.batch_seq
            from {{ target }} as held
            inner join pending on held.batch_seq = pending.batch_seq
            where pending.mode = 'by_employee'
        ) as later
            on held.source = later.source and held.{{ person_column }} = later.{{ person_column }}
            and held.batch_seq < later.batch_seq
        {%- endset -%}
        {%- do parts.append(part) -%}
    {%- endif -%}
    create or replace temp table taken_over as
    {%- if parts %}
    with pending as ({{ pending_batches_sql() }})
    select row_id, min(removed_by_seq) as removed_by_seq
    from (
        {{ parts | join('\n        union all\n        ') }}
    ) as removals
    group by row_id
    {%- else %}
    select cast(null as bigint) as row_id, cast(null as bigint) as removed_by_seq where false
    {%- endif %}
{%- endmacro %}
