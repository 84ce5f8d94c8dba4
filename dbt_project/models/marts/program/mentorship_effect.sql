-- Grain: outcome, of mentored against unmentored time in the ladder (outcome).
--
-- An association, not an effect: who is offered or seeks a mentor may differ in ways that nobody measured. It does not
-- count the time before a mentorship as mentored (nobody who left early could have had one), and compares within
-- strata of 30 days since the employment began. Time before anybody would have told of an end does not count.
with mentees as (
    select mentee_key as employee_key, min(started_on) as mentored_from
    from {{ ref('fct_mentorships') }}
    group by mentee_key
),

spells as (
    select
        spells.employee_key,
        spells.end_reason,
        employments.started_on as employed_on,
        mentees.mentored_from,
        {{ days_between('employments.started_on', 'greatest(spells.started_on, watched.watched_from_on)') }}
            as first_day,
        {{ days_between('employments.started_on', 'coalesce(spells.ended_on, ' ~ add_days(as_of_on(), 1) ~ ')') }}
            as day_after,
        {{ days_between('employments.started_on', 'mentees.mentored_from') }} as first_mentored_day
    from {{ ref('fct_tier_spells') }} as spells
    inner join {{ ref('fct_employments') }} as employments
        on spells.employee_key = employments.employee_key
        and spells.employment_number = employments.employment_number
    left join mentees on spells.employee_key = mentees.employee_key
    left join {{ ref('int_watched_from') }} as watched on spells.employee_key = watched.employee_key
    where employments.start_event != 'unknown'
        and coalesce(watched.watched_from_on < coalesce(spells.ended_on, {{ add_days(as_of_on(), 1) }}), true)
),

strata as (
    select
        stratum,
        30 * stratum as from_day,
        case when stratum < 60 then 30 * stratum + 30 else 2147483647 end as until_day
    from {{ number_series(0, 60, 'stratum') }}
),

person_time as (
    select
        strata.stratum,
        sum(least(spells.day_after, strata.until_day) - greatest(spells.first_day, strata.from_day)) as days,
        sum(case
            when spells.first_mentored_day < least(spells.day_after, strata.until_day)
                then
                    least(spells.day_after, strata.until_day)
                    - greatest(spells.first_day, strata.from_day, spells.first_mentored_day)
            else 0
        end) as mentored_days
    from spells
    inner join strata on spells.first_day < strata.until_day and spells.day_after > strata.from_day
    group by strata.stratum
),

-- An event belongs to the last day lived before it.
events as (
    select
        end_reason as outcome,
        least((day_after - 1) // 30, 60) as stratum,
        count(*) as events,
        count(case when first_mentored_day <= day_after - 1 then 1 end) as mentored_events
    from spells
    where end_reason in ('separated_voluntary', 'promoted')
    group by end_reason, least((day_after - 1) // 30, 60)
),

-- Without a mentorships feed nobody knows who had a mentor, and every figure is null.
feeds as (
    select case when count(*) > 0 then 1 end as is_known from {{ ref('fct_mentorships') }}
),

cells as (
    select
        outcomes.outcome,
        feeds.is_known * coalesce(events.mentored_events, 0) as a,
        feeds.is_known * coalesce(events.events - events.mentored_events, 0) as b,
        feeds.is_known * person_time.mentored_days as mentored,
        feeds.is_known * (person_time.days - person_time.mentored_days) as unmentored,
        person_time.days
    from (values ('separated_voluntary'), ('promoted')) as outcomes (outcome)
    cross join feeds
    cross join person_time
    left join events on outcomes.outcome = events.outcome and person_time.stratum = events.stratum
),

sums as (
    select
        outcome,
        sum(a) as mentored_events,
        sum(mentored) as mentored_person_days,
        sum(b) as unmentored_events,
        sum(unmentored) as unmentored_person_days,
        sum(a * unmentored / days) as r,
        sum(b * mentored / days) as s,
        sum((a + b) * mentored * unmentored / (cast(days as double) * days)) as v
    from cells
    group by outcome
),

ratios as (
    select
        *,
        r / nullif(s, 0) as rate_ratio,
        case when r > 0 and s > 0 then {{ normal_quantile() }} * sqrt(v / (r * s)) end as margin
    from sums
)

select
    outcome,
    cast(mentored_events as integer) as mentored_events,
    cast(mentored_person_days as bigint) as mentored_person_days,
    cast(unmentored_events as integer) as unmentored_events,
    cast(unmentored_person_days as bigint) as unmentored_person_days,
    rate_ratio,
    rate_ratio * exp(-margin) as rate_ratio_low,
    rate_ratio * exp(margin) as rate_ratio_high,
    case
        when rate_ratio >= 1 then rate_ratio + sqrt(rate_ratio * (rate_ratio - 1))
        when rate_ratio > 0 then 1 / rate_ratio + sqrt(1 / rate_ratio * (1 / rate_ratio - 1))
    end as e_value,
    least(mentored_events, unmentored_events) < 20 as is_unstable
from ratios
