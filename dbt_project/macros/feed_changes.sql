{#-
    For models that follow changes instead of being built anew (materialization by_subject).

    changed(ref('stg_lms__completions')) is a relation with every row that came, was replaced or was removed in this
    build, old and new version alike, in the columns of the staging model: whoever was concerned before or is now is
    in it. It is empty when this build took in nothing of that feed.
-#}
{% macro changed(staging_model) -%}
    (
        select *
        from {{ side_table(staging_model, 'changed') }}
        where run_seq in (select batch_seq from {{ source('control', 'batches') }} where is_pending)
    )
{%- endmacro %}


{#-
    removed(ref('stg_lms__assignments')) is a relation with the records that once landed and are gone, as they last
    were, and removed_by_seq, the first batch that took each back (batch_seq itself: the batch that brought it).
-#}
{% macro removed(staging_model) -%}
    {{ side_table(staging_model, 'removed') }}
{%- endmacro %}


{% macro side_table(relation, suffix) -%}
    {{ return(relation.incorporate(path={'identifier': relation.identifier ~ '__' ~ suffix})) }}
{%- endmacro %}


{#- Called by feed_state once `versions`, `taken_over` and `moved` are known and before outdated rows go. -#}
{% macro changed_sql(target, is_first, modes, movable) -%}
    {%- set run_seq -%}
    cast((select max(batch_seq) from {{ source('control', 'batches') }} where is_pending) as bigint) as run_seq
    {%- endset -%}
    create or replace table {{ side_table(target, 'changed') }} as
    select {{ run_seq }}, held.*
    from {{ target }} as held
    where false
    {%- if modes and not is_first %}
        or held.rowid in (select row_id from versions union all select row_id from taken_over)
    {%- endif %}
    {%- if movable %}
        or held.rowid in (select row_id from moved)
    union all by name
    select {{ run_seq }}, moved.* exclude (row_id {%- for stem in movable %}, new_{{ stem }}_key{% endfor %})
    from moved
    {%- endif %}
{%- endmacro %}


{#-
    Carries the first version's columns to the version that holds, and keeps what was taken back.

    `candidates` are all rows known of the records that this build touches. For each: the newest row that is not a
    deletion, what its columns held at first, and the first later batch that deleted or no longer held it.
-#}
{% macro remember_history_sql(target, is_first) -%}
    {%- set gone = side_table(target, 'removed') -%}
    {%- set first_columns = config.get('first_landed').values() | list -%}
    {%- if is_first %}
    create or replace table {{ gone }} as
    select *, cast(null as bigint) as removed_by_seq from {{ target }} where false;
    {%- endif %}

    create or replace temp table candidates as
    select held.rowid as row_id, held.*, taken_over.removed_by_seq
    from {{ target }} as held
    left join taken_over on held.rowid = taken_over.row_id
    where held.rowid in (select row_id from versions union all select row_id from taken_over)
    union all by name
    select null as row_id, *
    from {{ gone }}
    where {{ run_hash(['source', 'record_key']) }} in (select key_hash from touched);

    create or replace temp table outcomes as
    select
        * exclude ({{ first_columns | join(', ') }}, removed_by_seq)
        {%- for column in first_columns %},
        first_value({{ column }}) over (
            partition by source, record_key order by is_deleted, batch_seq, row_in_batch desc
        ) as {{ column }}
        {%- endfor %},
        least(
            removed_by_seq,
            min(case when is_deleted then batch_seq end) over (
                partition by source, record_key order by batch_seq desc, row_in_batch desc
                rows between unbounded preceding and 1 preceding
            )
        ) as removed_by_seq
    from candidates
    qualify row_number() over (
        partition by source, record_key order by is_deleted, batch_seq desc, row_in_batch desc
    ) = 1 and not is_deleted;

    update {{ target }} as held
    set {% for column in first_columns %}{{ column }} = outcomes.{{ column }}{{ ", " if not loop.last }}{% endfor %}
    from outcomes
    where held.rowid = outcomes.row_id and outcomes.removed_by_seq is null;

    delete from {{ gone }} as gone
    using outcomes
    where gone.source = outcomes.source and gone.record_key = outcomes.record_key;

    insert into {{ gone }} by name
    select * exclude (row_id) from outcomes where removed_by_seq is not null
{%- endmacro %}
