-- Grain: an unbroken run of days in one employment without any change (employee_key, started_on).
--
-- The state changes on the days of job events, and on the days when the crosswalk gives the job code another tier. A
-- tier that the feed tiers does not know is no tier: people keep the one they held, or have none yet.
with states as (
    select
        events.employee_key,
        events.employment_number,
        events.counts_on as started_on,
        events.job_code,
        events.site_id,
        events.manager_key,
        events.employment_class,
        events.fte,
        events.is_on_leave,
        coalesce(
            lead(events.counts_on) over (
                partition by events.employee_key, events.employment_number order by events.counts_on
            ),
            employments.ended_on,
            {{ add_days(as_of_on(), 1) }}
        ) as next_on
    from {{ ref('int_job_events') }} as events
    inner join {{ ref('fct_employments') }} as employments
        on events.employee_key = employments.employee_key
        and events.employment_number = employments.employment_number
    where events.is_last_of_day
),

-- Between a termination that ended nothing and the hire that went on from it, people count as on leave.
absences as (
    select employee_key, employment_number, min(away_from_on) as away_from_on, away_until_on
    from {{ ref('int_job_events') }}
    where away_from_on is not null
    group by employee_key, employment_number, away_until_on
),

-- Such days end with a row, so that a state has at most one absence, at its end.
cut_by_absence as (
    select
        states.*,
        least(states.next_on, greatest(states.started_on, coalesce(absences.away_from_on, states.next_on)))
            as present_until
    from states
    left join absences
        on states.employee_key = absences.employee_key
        and states.employment_number = absences.employment_number
        and states.next_on > absences.away_from_on
        and states.started_on < absences.away_until_on
),

states_told as (
    select * replace (present_until as next_on)
    from cut_by_absence
    where present_until > started_on
    union all
    select * replace (present_until as started_on, true as is_on_leave)
    from cut_by_absence
    where present_until < next_on
),

cut_by_crosswalk as (
    select
        told.employee_key,
        told.employment_number,
        greatest(told.started_on, coalesce(crosswalk.valid_from, told.started_on)) as started_on,
        told.job_code,
        crosswalk.tier,
        coalesce(crosswalk.is_tier_known, true) as is_tier_known,
        told.site_id,
        told.manager_key,
        told.employment_class,
        told.fte,
        told.is_on_leave
    from states_told as told
    left join {{ ref('int_job_tier_periods') }} as crosswalk
        on told.job_code = crosswalk.job_code
        and told.next_on > crosswalk.valid_from
        and told.started_on < crosswalk.valid_to
),

-- A tier that nobody has described says nothing of a rank: until a known one comes, people stay in the tier they held.
through_unknown_tiers as (
    select *
    from cut_by_crosswalk
    where (employee_key, employment_number) in (
            select (unknown.employee_key, unknown.employment_number)
            from cut_by_crosswalk as unknown
            where not unknown.is_tier_known
        )
),

in_known_tiers as (
    select * from cut_by_crosswalk
    where (employee_key, employment_number) not in (
            select (unknown.employee_key, unknown.employment_number) from through_unknown_tiers as unknown
        )
    union all
    select
        * replace (
            last_value(case when is_tier_known then { 'tier': tier } end ignore nulls) over (
                partition by employee_key, employment_number order by started_on
                rows between unbounded preceding and current row
            ).tier as tier
        )
    from through_unknown_tiers
),

changes as (
    select *
    from in_known_tiers
    qualify
        (job_code, tier, site_id, manager_key, employment_class, fte, is_on_leave)
        is distinct from lag((job_code, tier, site_id, manager_key, employment_class, fte, is_on_leave))
            over (partition by employee_key, employment_number order by started_on)
)

select
    changes.employee_key,
    changes.employment_number,
    changes.started_on,
    coalesce(
        lead(changes.started_on) over (
            partition by changes.employee_key, changes.employment_number order by changes.started_on
        ),
        employments.ended_on
    ) as ended_on,
    changes.job_code,
    changes.tier,
    changes.site_id,
    changes.manager_key,
    changes.employment_class,
    changes.fte,
    changes.is_on_leave
from changes
inner join {{ ref('fct_employments') }} as employments
    on changes.employee_key = employments.employee_key
    and changes.employment_number = employments.employment_number
