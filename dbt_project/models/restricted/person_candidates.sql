-- Grain: a candidate for somebody of whom it is to be said who they are (kind, source, employee_key,
-- candidate_employee_id); one row without a candidate where there is none.
with strangers as (
    select
        'unmatched' as kind,
        source,
        employee_key,
        min(person) as person,
        {{ sorted_list('reason') }} as reason,
        cast(sum(record_count) as bigint) as record_count,
        min(first_on) as first_on,
        max(last_on) as last_on
    from (select distinct * from {{ ref('int_strangers') }}) as by_feed
    group by source, employee_key
),

returns as (
    select
        'rehire_under_new_id' as kind,
        possible.source,
        possible.employee_key,
        min(ids.employee_id) as person,
        'began after a candidate had left' as reason,
        cast(null as bigint) as record_count,
        min(possible.started_on) as first_on,
        cast(null as date) as last_on
    from {{ ref('int_possible_returns') }} as possible
    inner join {{ source('control', 'employee_keys') }} as ids on possible.employee_key = ids.employee_key
    group by possible.source, possible.employee_key
),

reviewed as (
    select * from strangers
    union all
    select * from returns
),

candidates as (
    select kind, source, employee_key, candidate_key, string_agg(evidence, '; ' order by evidence) as evidence
    from {{ ref('int_person_candidates') }}
    group by kind, source, employee_key, candidate_key
)

select
    reviewed.kind,
    reviewed.source,
    reviewed.person,
    reviewed.employee_key,
    reviewed.reason,
    reviewed.record_count,
    reviewed.first_on,
    reviewed.last_on,
    directory.employee_id as candidate_employee_id,
    directory.full_name as candidate_full_name,
    directory.work_email as candidate_work_email,
    candidates.evidence,
    {{ csv_line(['reviewed.source', 'reviewed.person', 'directory.employee_id', 'null', 'null']) }} as person_link
from reviewed
left join candidates
    on reviewed.kind = candidates.kind
    and reviewed.source = candidates.source
    and reviewed.employee_key = candidates.employee_key
left join {{ ref('directory') }} as directory on candidates.candidate_key = directory.employee_key
