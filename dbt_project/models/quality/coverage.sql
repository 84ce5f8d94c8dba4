-- Grain: a feed of a source (source, feed).
with landed as (
    select distinct source, feed
    from {{ source('control', 'batches') }}
)

select
    landed.source,
    landed.feed,
    landed.feed || ' of ' || landed.source as subject,
    covered.covers_from_on,
    covered.covers_through_on,
    coalesce(covered.basis, 'undated') as basis,
    covered.newest_record_on,
    coalesce(covered.is_silent, false) as is_silent,
    covered.silence_of,
    coalesce(covered.is_unvouched, false) as is_unvouched,
    coalesce(covered.is_late, false) as is_late,
    coalesce(covered.is_acknowledged, false) as is_acknowledged,
    covered.silent_days,
    covered.longest_silence_days,
    covered.record_count,
    coalesce(covered.covers_through_on < {{ as_of_on() }}, false) as is_behind,
    coalesce(
        covered.reason, landed.feed || ' of ' || landed.source || ' has no dates: what landed last counts'
    ) as because_of
from landed
left join {{ source('control', 'coverage') }} as covered
    on landed.source = covered.source and landed.feed = covered.feed
