-- Grain: somebody of whom it is to be said who they are (kind, source, feed, employee_key); names and candidates are in
-- the restricted file.
with candidates as (
    select kind, source, employee_key, count(distinct candidate_key) as candidate_count
    from {{ ref('int_person_candidates') }}
    group by kind, source, employee_key
),

returns as (
    select
        source,
        employee_key,
        max(started_on) as first_on,
        max(evidence) as evidence
    from {{ ref('int_possible_returns') }}
    group by source, employee_key
),

reviewed as (
    select
        'unmatched' as kind,
        source,
        feed,
        employee_key,
        reason,
        record_count,
        first_on,
        last_on
    from {{ ref('int_strangers') }}
    union all
    select
        'rehire_under_new_id' as kind,
        source,
        'job_history' as feed,
        employee_key,
        case evidence when 'the same work e-mail' then 'same_address_as_a_leaver' else 'same_name_as_a_leaver' end
            as reason,
        cast(null as bigint) as record_count,
        first_on,
        cast(null as date) as last_on
    from returns
)

select
    reviewed.kind,
    reviewed.source,
    reviewed.feed,
    reviewed.employee_key,
    reviewed.reason,
    reviewed.record_count,
    reviewed.first_on,
    reviewed.last_on,
    coalesce(candidates.candidate_count, 0) as candidate_count
from reviewed
left join candidates
    on reviewed.kind = candidates.kind
    and reviewed.source = candidates.source
    and reviewed.employee_key = candidates.employee_key
