-- Grain: an unbroken run of days in one employment and one tier (employee_key, spell_number).
with ranks as (
    select tier, rank
    from {{ ref('stg_program__tiers') }}
    qualify {{ is_newest('tier') }}
),

job_spells as (
    select
        employee_key,
        employment_number,
        started_on,
        tier,
        job_code,
        lag(tier) over in_employment as tier_before,
        lag(job_code) over in_employment as job_code_before,
        row_number() over in_employment as place
    from {{ ref('fct_job_spells') }}
    window in_employment as (partition by employee_key, employment_number order by started_on)
),

-- Days without a tier are a run too, which the spells before and after have to know of.
runs as (
    select
        job_spells.employee_key,
        job_spells.employment_number,
        job_spells.tier,
        job_spells.started_on,
        employments.ended_on as employment_ended_on,
        employments.start_event,
        employments.separation_type,
        lead(job_spells.started_on) over in_employment as next_started_on,
        lead(job_spells.tier) over in_employment as next_tier,
        job_spells.place = 1 as is_first,
        job_spells.tier_before is null as was_outside,
        case
            when job_spells.place = 1 then null
            when coalesce(job_spells.job_code, '') = coalesce(job_spells.job_code_before, '') then 'reclassified'
            when job_spells.tier is null then 'left_ladder'
            when ranks.rank > ranks_before.rank then 'promoted'
            when ranks.rank < ranks_before.rank then 'demoted'
            else 'lateral'
        end as move
    from job_spells
    inner join {{ ref('fct_employments') }} as employments
        on job_spells.employee_key = employments.employee_key
        and job_spells.employment_number = employments.employment_number
    left join ranks on job_spells.tier = ranks.tier
    left join ranks as ranks_before on job_spells.tier_before = ranks_before.tier
    where job_spells.place = 1 or job_spells.tier is distinct from job_spells.tier_before
    window in_employment as (
        partition by job_spells.employee_key, job_spells.employment_number order by job_spells.started_on
    )
),

reasons as (
    select
        *,
        coalesce(next_started_on, employment_ended_on) as ended_on,
        case
            when is_first and start_event = 'hire' then 'hired'
            when is_first and start_event = 'rehire' then 'rehired'
            when is_first then 'unknown'
            when was_outside then 'entered_ladder'
            else move
        end as start_reason,
        coalesce(
            lead(move) over (partition by employee_key, employment_number order by started_on),
            'separated_' || separation_type,
            'open'
        ) as end_reason
    from runs
)

select
    employee_key,
    employment_number,
    cast(row_number() over (partition by employee_key order by started_on) as integer) as spell_number,
    tier,
    started_on,
    ended_on,
    {{ days_between('started_on', 'coalesce(ended_on, ' ~ add_days(as_of_on(), 1) ~ ')') }} as days,
    start_reason,
    end_reason,
    next_tier
from reasons
where tier is not null
