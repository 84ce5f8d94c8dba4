-- Grain: a continuing-education credit that another source had told of before (source, record_key), with the record
-- that counts in its place.
--
-- The same credit: the person, as many hours, at most three days apart, and a title or provider alike but for case,
-- punctuation and the ending of a company's name. Each record stands for one of another source at most.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with credits as (
    select
        *,
        {{ bare_name('title') }} as bare_title,
        {{ bare_name('provider') }} as bare_provider,
        min(batch_seq) over (partition by source) as first_batch_seq
    from {{ ref('stg_credentials__ce_credits') }}
    where earned_on <= {{ as_of_on() }}
),

pairs as (
    select
        later.source,
        later.record_key,
        later.employee_key,
        later.hours,
        later.earned_on,
        earlier.source as kept_source,
        earlier.record_key as kept_record_key,
        earlier.earned_on as kept_earned_on,
        coalesce(later.bare_title = earlier.bare_title, false) as is_same_title,
        abs({{ days_between('earlier.earned_on', 'later.earned_on') }}) as days_apart
    from credits as later
    inner join credits as earlier
        on later.employee_key = earlier.employee_key
        and later.hours = earlier.hours
        and abs({{ days_between('earlier.earned_on', 'later.earned_on') }}) <= 3
        and later.source != earlier.source
        and (earlier.first_batch_seq, earlier.source) < (later.first_batch_seq, later.source)
        and (later.bare_title = earlier.bare_title or later.bare_provider = earlier.bare_provider)
),

-- The likest first: the same title, then the nearest day.
nearest as (
    select *
    from pairs
    qualify row_number() over (
            partition by source, record_key
            order by is_same_title desc, days_apart asc, kept_source asc, kept_record_key asc
        ) = 1
)

select *
from nearest
qualify row_number() over (
        partition by kept_source, kept_record_key, source order by is_same_title desc, days_apart asc, record_key asc
    ) = 1
