{#-
    Materialization of the staging models: the records of a feed as its sources have them now.

    A model selects the rows of landing.<feed> (the batches that this build takes in) with the columns source,
    record_key, batch_seq, row_in_batch, is_deleted and its own. The table keeps, for each (source, record_key), the
    row of the newest batch, inside a batch the last; is_deleted removes a record, and so does a newer batch that says
    what all there is looks like (control.batches.mode):
        snapshot     every older record of the source
        window       those dated (`date_column`) between the batch's least and greatest date
        by_employee  those of the people (`person_column`) whom the batch names
    Only a record's newest row matters for all three, so any number of batches is taken in at once: a full build gives
    what one build a batch would have given. The cost is that of the pending rows and one scan of the table; nothing
    but the newest row is stored, and rows whose key comes once are never sorted.

    Records of people whose match changed since are given their new key first (feed_moved.sql).

    Configuration, all optional:
        date_column, person_column   columns of the model that window and by_employee go by
        tracks_changes               keeps what changed in this build, for models that follow changes (changed())
        keeps_moved                  {'date': column, 'days': number}: where later batches move a record's date by more than so
                                     many days, what they moved stays beside it (a system that knows only the last time)
        first_landed                 {column: new column}: what the column held when the record first landed;
                                     also keeps the records that were taken back (removed())
-#}
{% materialization feed_state, adapter='duckdb' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set is_first = existing is none or should_full_refresh() -%}
    {%- set pending = pending_summary() -%}
    {%- set modes = pending.modes -%}
    {%- set movable = [] if is_first else movable_people(target) -%}

    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        {% if movable %}{{ move_people_sql(target, movable) }};{% endif %}
        {{ land_rows_sql(target, compiled_code, is_first, modes) }};
        {% if modes or is_first %}
        {{ touched_keys_sql(target, is_first, pending.is_unique) }};
        {{ versions_sql(target) }};
        {{ taken_over_sql(target, modes, compiled_code) }};
        {% if config.get('first_landed') %}{{ remember_history_sql(target, is_first) }};{% endif %}
        {% endif %}
        {% if config.get('tracks_changes') and (modes or is_first or movable) %}
        {{ changed_sql(target, is_first, modes, movable) }};
        {% endif %}
        {% if modes or is_first %}
        {{ drop_outdated_sql(target) }};
        {% endif %}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {% do adapter.commit() %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{#-
    What is known of the pending batches of this feed before reading them: their modes (none when nothing is pending),
    and whether every key comes once, which landing has counted.
-#}
{% macro pending_summary() -%}
    {%- set found = run_query("
        select
            coalesce(string_agg(distinct mode, ','), '') as modes,
            count(*) = count(distinct source) and coalesce(sum(conflict_count), 0) = 0 as is_unique
        from (" ~ pending_batches_sql() ~ ") as pending
    ").rows[0] -%}
    {{ return({'modes': found['modes'].split(',') | reject('equalto', '') | list, 'is_unique': found['is_unique']}) }}
{%- endmacro %}


{% macro pending_batches_sql() -%}
    select batch_seq, source, mode, window_from, window_to, conflict_count
    from {{ source('control', 'batches') }}
    where feed = '{{ model.name.split('__')[1] }}' and is_pending
{%- endmacro %}


{#-
    Puts the pending rows into the table. A history of snapshots repeats every record in each of them, so what can't
    matter is left out: rows older than the newest snapshot of their source; where the first version of a record is to
    be remembered, those that are neither its first nor its last. (Not when batches speak for whoever they name: then
    every row says something of other rows.)
-#}
{% macro land_rows_sql(target, rows_sql, is_first, modes) -%}
    {%- set first_landed = config.get('first_landed') or {} -%}
    {%- if is_first %}
    create or replace table {{ target }} as
    {%- else %}
    insert into {{ target }} by name
    {%- endif %}
    select incoming.*
        {%- for column, first_column in first_landed.items() %}, incoming.{{ column }} as {{ first_column }}{% endfor %}
    from ({{ rows_sql }}) as incoming
    {%- if 'snapshot' in modes and not first_landed %}
    left join (
        select source, max(batch_seq) as snapshot_seq
        from ({{ pending_batches_sql() }}) as pending
        where mode = 'snapshot'
        group by source
    ) as newest on incoming.source = newest.source
    where incoming.batch_seq >= coalesce(newest.snapshot_seq, 0)
    {%- elif 'snapshot' in modes and is_first and 'by_employee' not in modes %}
    inner join (
        select
            source,
            record_key,
            min(case when not is_deleted then batch_seq end) as first_seq,
            max(case when not is_deleted then batch_seq end) as last_kept_seq
        from ({{ rows_sql }}) as rows_of_records
        group by source, record_key
    ) as records on incoming.source = records.source and incoming.record_key = records.record_key
    where incoming.is_deleted or incoming.batch_seq in (records.first_seq, records.last_kept_seq)
    {%- endif %}
{%- endmacro %}


{#-
    Hashes of the keys whose rows have to be looked at: in a first build those that come more than once or are
    deleted, else those of the pending rows. Grouping by a 64-bit hash is what makes millions of keys cheap; that
    different keys may share one only adds rows to look at.
-#}
{% macro touched_keys_sql(target, is_first, is_unique) -%}
    create or replace temp table touched as
    select {{ run_hash(['source', 'record_key']) }} as key_hash
    from {{ target }}
    {%- if is_first and is_unique %}
    where is_deleted
    {%- elif is_first %}
    group by key_hash
    having count(*) > 1 or bool_or(is_deleted)
    {%- else %}
    where batch_seq >= (select coalesce(min(batch_seq), 0) from ({{ pending_batches_sql() }}) as pending)
    group by key_hash
    {%- endif %}
{%- endmacro %}


{#- Every row of the touched keys; recency 1 is the one that holds. -#}
{% macro versions_sql(target) -%}
    create or replace temp table versions as
    select
        version.rowid as row_id,
        version.*,
        row_number() over (
            partition by source, record_key order by batch_seq desc, row_in_batch desc
        ) as recency
    from {{ target }} as version
    where {{ run_hash(['source', 'record_key']) }} in (select key_hash from touched)
{%- endmacro %}


{#- Takes out the rows that no longer hold. -#}
{% macro drop_outdated_sql(target) -%}
    {%- set keeps = config.get('keeps_moved') %}
    delete from {{ target }} where rowid in (
        select row_id
        from versions as version
        where
            is_deleted
            {%- if keeps %}
            or recency > 1 and exists (
                select 1 from versions as newer
                where newer.source = version.source
                    and newer.record_key = version.record_key
                    and newer.recency < version.recency
                    and (
                        newer.is_deleted
                        or newer.batch_seq = version.batch_seq
                        or abs({{ days_between('version.' ~ keeps.date, 'newer.' ~ keeps.date) }}) <= {{ keeps.days }}
                    )
            )
            {%- else %}
            or recency > 1
            {%- endif %}
        union all
        select row_id from taken_over
    )
{%- endmacro %}
