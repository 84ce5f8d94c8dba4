-- Grain: a problem that stays until somebody acts (kind, source, feed, subject); written for people.
with landed as (
    select batch_seq, source, feed, landed_at from {{ source('control', 'batches') }}
),

refused as (
    select
        'refused' as kind,
        source,
        feed,
        file_name as subject,
        'A delivery was refused: ' || reason as problem,
        refused_at as since,
        'Mend the file and deliver it again, or take it after all: rxladder accept ' || refused_id as cure,
        cast(1 as bigint) as affected_count
    from {{ source('control', 'refused') }}
    where acknowledged_at is null
),

stale as (
    select
        'stale' as kind,
        source,
        feed,
        feed as subject,
        case
            when last_landed_at is null then 'Nothing has ever been delivered'
            else 'Nothing has been delivered for ' || {{ counted('age_days', 'day') }}
        end || '; a delivery is expected every ' || {{ counted('expected_every_days', 'day') }} as problem,
        last_landed_at as since,
        'Have ' || source || ' deliver ' || feed || ', or set another expected_every_days' as cure,
        cast(1 as bigint) as affected_count
    from {{ ref('freshness') }}
    where is_stale
),

orphans as (
    select
        'orphans' as kind,
        cast(null as varchar) as source,
        orphans.feed,
        orphans.kind as subject,
        'Unknown ' || replace(orphans.kind, '_', ' ') || ': ' || {{ counted('count(*)', 'id') }}
        || ' in ' || {{ counted('sum(orphans.record_count)', 'record') }} as problem,
        min(landed.landed_at) as since,
        'Deliver what is missing, or correct the ids; they are listed in quality.orphans' as cure,
        cast(sum(orphans.record_count) as bigint) as affected_count
    from {{ ref('orphans') }} as orphans
    left join landed on orphans.first_batch_seq = landed.batch_seq
    group by orphans.feed, orphans.kind
),

incomplete as (
    select
        'incomplete_histories' as kind,
        landed.source,
        landed.feed,
        'job_history' as subject,
        'Incomplete history: job rows in the quarantine concern '
        || {{ counted('count(distinct histories.employee_key)', 'employee') }} as problem,
        min(landed.landed_at) as since,
        'Correct those rows in the source system and deliver them again' as cure,
        count(distinct histories.employee_key) as affected_count
    from {{ ref('int_incomplete_histories') }} as histories
    inner join landed on histories.batch_seq = landed.batch_seq
    group by landed.source, landed.feed
),

absences as (
    select
        'absences' as kind,
        absences.source,
        'roster' as feed,
        'roster' as subject,
        'Missing on a list and back with an older first day, so counted as left and rehired: '
        || {{ counted('count(distinct absences.employee_key)', 'employee') }} as problem,
        min(landed.landed_at) as since,
        'If a list lacked them by mistake, deliver that list again; they are in quality.roster_events' as cure,
        count(distinct absences.employee_key) as affected_count
    from {{ ref('int_roster_events') }} as absences
    left join landed on absences.told_by_batch_seq = landed.batch_seq
    where absences.kind = 'back_with_old_hire_date'
    group by absences.source
),

listed_twice as (
    select
        'listed_by_several' as kind,
        source,
        'roster' as feed,
        'roster' as subject,
        'On the lists of another source as well, which count in place of these: '
        || {{ counted('count(*)', 'employee') }} as problem,
        cast(null as timestamp) as since,
        'Take them off one of the lists, or set id_prefix where two sources number people alike' as cure,
        count(*) as affected_count
    from {{ ref('int_roster_sources') }}
    where last_on >= counts_until_on
    group by source
),

unmatched as (
    select
        'unmatched_people' as kind,
        review.source,
        cast(null as varchar) as feed,
        'person_links' as subject,
        'Records of nobody who is employed here: ' || {{ counted('sum(review.record_count)', 'record') }}
        || ' of ' || {{ counted('count(distinct review.employee_key)', 'name') }} as problem,
        min(landed.landed_at) as since,
        'Say in person_links who they are; candidates are in person_candidates in restricted/people.duckdb' as cure,
        cast(sum(review.record_count) as bigint) as affected_count
    from {{ ref('person_review') }} as review
    left join {{ ref('orphans') }} as orphans
        on review.feed = orphans.feed and review.employee_key = orphans.missing_id and orphans.kind = 'employee'
    left join landed on orphans.first_batch_seq = landed.batch_seq
    where review.kind = 'unmatched'
    group by review.source
),

possible_returns as (
    select
        'possible_returns' as kind,
        source,
        cast(null as varchar) as feed,
        'person_links' as subject,
        'Began after somebody of the same name or work e-mail had left, and counted as two: '
        || {{ counted('count(*)', 'employee') }} as problem,
        cast(null as timestamp) as since,
        'Say in person_links whether they came back; candidates are in person_candidates in restricted/people.duckdb'
            as cure,
        count(*) as affected_count
    from {{ ref('person_review') }}
    where kind = 'rehire_under_new_id'
    group by source
),

-- Confirming who they are must not take away the only notice of a transfer that counts as a separation.
returns as (
    select
        'returns_under_another_id' as kind,
        landed.source,
        contradictions.feed,
        'separation_reasons' as subject,
        'Left and came back under another id within 31 days, and counted as a separation and a hire: '
        || {{ counted('count(distinct contradictions.employee_key)', 'employee') }} as problem,
        min(landed.landed_at) as since,
        'If they were transferred, list their reason for leaving in separation_reasons with is_separation false; they'
        || ' are in quality.contradictions (back_under_another_id)' as cure,
        count(distinct contradictions.employee_key) as affected_count
    from {{ ref('contradictions') }} as contradictions
    left join landed on contradictions.batch_seq = landed.batch_seq
    where contradictions.kind = 'back_under_another_id'
    group by landed.source, contradictions.feed
),

expiry_derived as (
    select
        'expiry_derived' as kind,
        cast(null as varchar) as source,
        'credentials' as feed,
        'expires_on' as subject,
        {{ counted('count(*)', 'certificate') }}
        || ' of a type that has to be renewed without a last day: it follows from the type' as problem,
        cast(null as timestamp) as since,
        'Deliver expires_on, or leave renewal_months blank for a type that runs on' as cure,
        count(*) as affected_count
    from {{ ref('fct_credentials') }}
    where is_expiry_derived
    having count(*) > 0
),

idle_links as (
    select
        'idle_links' as kind,
        cast(null as varchar) as source,
        'person_links' as feed,
        'person_links' as subject,
        'Of a source from which nothing ever came, or to an unknown employee: ' || {{ counted('count(*)', 'link') }}
            as problem,
        cast(null as timestamp) as since,
        'Correct source (its name in the configuration) or employee_id in person_links' as cure,
        count(*) as affected_count
    from {{ ref('int_person_links') }}
    where
        source not in (select landed.source from landed)
        or employee_key not in (select people.employee_key from {{ ref('int_people') }} as people)
    having count(*) > 0
),

{{ silent_and_late() }}

select * from refused
union all
select * from stale
union all
select * from silent
union all
select * from late
union all
select * from orphans
union all
select * from incomplete
union all
select * from absences
union all
select * from listed_twice
union all
select * from unmatched
union all
select * from possible_returns
union all
select * from returns
union all
select * from expiry_derived
union all
select * from idle_links
