-- Grain: a feed of a source that has landed or is expected (source, feed).
with landed as (
    select
        source,
        feed,
        max(batch_seq) as last_batch_seq,
        max(landed_at) as last_landed_at,
        max(window_to) as newest_record_on
    from {{ source('control', 'batches') }}
    group by source, feed
),

-- No model reads the clock. Today is the day after as_of_on, or the day on which anything landed last if that is later:
-- as_of_on stays behind where HR's own feeds have stopped.
present as (
    select greatest({{ add_days(as_of_on(), 1) }}, max(cast(last_landed_at as date))) as on_day
    from landed
),

aged as (
    select
        coalesce(landed.source, expected.source) as source,
        coalesce(landed.feed, expected.feed) as feed,
        landed.last_batch_seq,
        landed.last_landed_at,
        landed.newest_record_on,
        landed.last_landed_at is not null as has_landed,
        greatest({{ days_between('cast(landed.last_landed_at as date)', 'present.on_day') }}, 0) as age_days,
        expected.expected_every_days
    from landed
    full join {{ source('control', 'expected_feeds') }} as expected
        on landed.source = expected.source and landed.feed = expected.feed
    cross join present
)

select
    source,
    feed,
    last_batch_seq,
    last_landed_at,
    newest_record_on,
    case when has_landed then age_days end as age_days,
    expected_every_days,
    case when expected_every_days is not null then age_days > expected_every_days or not has_landed end as is_stale
from aged
