-- Grain: a step up to a tier of higher rank (employee_key, promoted_on).
with spells as (
    select * from {{ ref('fct_tier_spells') }}
),

job_spells as (
    select employee_key, started_on, ended_on, site_id from {{ ref('fct_job_spells') }}
),

mentees as (
    select mentee_key, min(started_on) as first_started_on
    from {{ ref('fct_mentorships') }}
    group by mentee_key
),

-- Without a mentorships feed nobody knows who had a mentor.
feeds as (
    select count(*) > 0 as has_mentorships from {{ ref('fct_mentorships') }}
)

select
    spells.employee_key,
    spells.ended_on as promoted_on,
    spells.tier as from_tier,
    spells.next_tier as to_tier,
    before.site_id as from_site_id,
    after.site_id as to_site_id,
    case when spells.start_reason != 'unknown' then spells.days end as days_in_from_tier,
    readiness.requirements_met,
    readiness.requirements_total,
    readiness.ready_on,
    case when feeds.has_mentorships then coalesce(mentees.first_started_on < spells.ended_on, false) end
        as was_mentored
from spells
inner join job_spells as before
    on spells.employee_key = before.employee_key and spells.ended_on = before.ended_on
inner join job_spells as after
    on spells.employee_key = after.employee_key and spells.ended_on = after.started_on
left join {{ ref('fct_readiness_spells') }} as readiness
    on spells.employee_key = readiness.employee_key
    and spells.spell_number = readiness.spell_number
    and spells.next_tier = readiness.to_tier
    and spells.ended_on >= readiness.started_on
    and spells.ended_on < readiness.ended_on
left join mentees on spells.employee_key = mentees.mentee_key
cross join feeds
where spells.end_reason = 'promoted'
