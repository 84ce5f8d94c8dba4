-- Grain: a column of the newest batch of a feed of a source (source, feed, column_name).
with batches as (
    select batch_seq, source, feed, row_number() over (partition by source, feed order by batch_seq desc) as recency
    from {{ source('control', 'batches') }}
)

select
    newest.source,
    newest.feed,
    columns_seen.column_name,
    newest.batch_seq,
    columns_seen.is_known,
    columns_seen.fill_rate,
    columns_before.fill_rate as previous_fill_rate
from batches as newest
inner join {{ source('control', 'batch_columns') }} as columns_seen on newest.batch_seq = columns_seen.batch_seq
left join batches as before
    on newest.source = before.source and newest.feed = before.feed and before.recency = 2
left join {{ source('control', 'batch_columns') }} as columns_before
    on before.batch_seq = columns_before.batch_seq and columns_seen.column_name = columns_before.column_name
where newest.recency = 1
