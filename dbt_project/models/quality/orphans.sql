-- Grain: something unknown that records of a feed point at (kind, feed, missing_id).
--
-- A feed that nobody delivers makes no orphans: what is unknown then is everything. One that was delivered with nothing
-- in it makes all of them. Only what a build takes in, or what points at it, is looked through again.
{{ config(
    materialized='by_subject',
    subject=['kind', 'feed'],
    changed_subjects="{{ changed_orphan_subjects() }}",
) }}
with pointers as (
    {%- for reference in changed_orphan_references() %}
    select
        '{{ reference.kind }}' as kind,
        '{{ reference.feed }}' as feed,
        records.{{ reference.column }} as missing_id,
        records.batch_seq
    from {{ ref(reference.model) }} as records
    where
        records.{{ reference.column }} is not null
        and exists (
            select 1
            from {{ source('control', 'batches') }} as batches
            where batches.feed in ({{ reference.delivered_as }})
        )
        and not exists (
            select 1
            from {{ ref(reference.known_model) }} as known
            where known.{{ reference.known_column }} = records.{{ reference.column }}
        )
    union all
    {%- endfor %}
    select
        cast(null as varchar) as kind,
        cast(null as varchar) as feed,
        cast(null as varchar) as missing_id,
        cast(null as bigint) as batch_seq
    where false
)

select
    kind,
    feed,
    missing_id,
    count(*) as record_count,
    min(batch_seq) as first_batch_seq
from pointers
group by kind, feed, missing_id
