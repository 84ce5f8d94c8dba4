-- Grain: an employment that a certification rule's clock started for (rule_id, employee_key, employment_number).
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with entries as (
    select
        spells.employee_key,
        spells.employment_number,
        employments.started_on as employed_on,
        employments.ended_on as employed_until,
        min(spells.started_on) as entered_on
    from {{ ref('fct_tier_spells') }} as spells
    inner join {{ ref('dim_tiers') }} as tiers on spells.tier = tiers.tier
    inner join {{ ref('fct_employments') }} as employments
        on spells.employee_key = employments.employee_key
        and spells.employment_number = employments.employment_number
    where
        tiers.is_entry
        and spells.start_reason in ('hired', 'rehired', 'entered_ladder')
        and employments.start_event != 'unknown'
    group by spells.employee_key, spells.employment_number, employments.started_on, employments.ended_on
),

-- A registration that was brought along runs on: the newest that still held on the first day. Else the first within.
registrations as (
    select
        entries.employee_key,
        entries.employment_number,
        credentials.credential_code as registration_code,
        coalesce(
            max(case
                when credentials.issued_on < entries.employed_on
                    and credentials.standing_from_on is not null
                    and coalesce(credentials.standing_until_on > entries.employed_on, true)
                    then credentials.issued_on
            end),
            min(case when credentials.issued_on >= entries.employed_on then credentials.issued_on end)
        ) as registered_on
    from entries
    inner join {{ ref('fct_credentials') }} as credentials
        on entries.employee_key = credentials.employee_key
        and credentials.issued_on < coalesce(entries.employed_until, {{ end_of_time() }})
    group by entries.employee_key, entries.employment_number, credentials.credential_code
),

clocks as (
    select
        rules.rule_id,
        rules.credential_code,
        rules.months,
        rules.state,
        entries.*,
        case rules.clock
            when 'hire' then case when entries.entered_on = entries.employed_on then entries.entered_on end
            when 'ladder_entry' then entries.entered_on
            when 'registration' then registrations.registered_on
        end as clock_started_on
    from {{ ref('dim_certification_rules') }} as rules
    cross join entries
    left join registrations
        on rules.registration_code = registrations.registration_code
        and entries.employee_key = registrations.employee_key
        and entries.employment_number = registrations.employment_number
)

select
    clocks.rule_id,
    clocks.credential_code,
    clocks.employee_key,
    clocks.employment_number,
    clocks.employed_on,
    clocks.employed_until,
    job_spells.site_id,
    clocks.clock_started_on,
    {{ add_months('clocks.clock_started_on', 'clocks.months') }} as deadline_on
from clocks
inner join {{ ref('fct_job_spells') }} as job_spells
    on clocks.employee_key = job_spells.employee_key
    and greatest(clocks.clock_started_on, clocks.employed_on) >= job_spells.started_on
    and greatest(clocks.clock_started_on, clocks.employed_on) < coalesce(job_spells.ended_on, {{ end_of_time() }})
left join {{ ref('dim_sites') }} as sites on job_spells.site_id = sites.site_id
-- Without a start there is no clock: greatest() alone would take the first day for it.
where clocks.clock_started_on is not null and (clocks.state is null or clocks.state = sites.state)
