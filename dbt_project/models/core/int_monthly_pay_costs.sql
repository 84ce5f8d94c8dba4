-- Grain: month x site x line (month, site_id, line): wages that run from month to month: mentors' time, and raises of
-- those promoted since the program was announced. A month counts by the share of its days. Private by what it is made
-- from; it holds sums.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with months as (
    select
        month,
        {{ next_month_of('month') }} as next_month,
        {{ days_between('month', next_month_of('month')) }} as days_in_month
    from {{ ref('dim_months') }}
),

employments as (
    select
        employee_key,
        employment_number,
        started_on,
        coalesce(ended_on, {{ add_days(as_of_on(), 1) }}) as ended_on
    from {{ ref('fct_employments') }}
),

-- As long as both are employed; the hours are paid where the mentor works.
mentored as (
    select
        'mentor_time' as line,
        days.site_id,
        days.hourly_rate_usd as usd,
        greatest(mentorships.started_on, mentees.started_on, days.started_on) as started_on,
        least(coalesce(mentorships.ended_on, days.ended_on), mentees.ended_on, days.ended_on) as ended_on
    from {{ ref('fct_mentorships') }} as mentorships
    inner join employments as mentees on mentorships.mentee_key = mentees.employee_key
    inner join {{ ref('int_program_days') }} as days on mentorships.mentor_key = days.employee_key
),

promotions as (
    select
        employee_key,
        promoted_on,
        to_site_id,
        least(
            {{ add_days('promoted_on', 31) }},
            {{ add_days('lead(promoted_on) over (partition by employee_key order by promoted_on)', -1) }}
        ) as last_raise_on
    from {{ ref('fct_promotions') }}
),

-- The raise of a promotion is paid for as long as the employment lasts. Where the rate of the day is still the old one,
-- the first higher rate within 31 days is the promotion's: HR often enters it later. It costs from then on.
raised as (
    select
        'promotion_raises' as line,
        promotions.to_site_id as site_id,
        (coalesce(later_pay.hourly_rate_usd, new_pay.hourly_rate_usd) - old_pay.hourly_rate_usd)
        * coalesce(later_pay.fte, new_pay.fte) * 2080 / 12 as usd,
        coalesce(later_pay.started_on, promotions.promoted_on) as started_on,
        employments.ended_on
    from promotions
    inner join employments
        on promotions.employee_key = employments.employee_key
        and promotions.promoted_on >= employments.started_on
        and promotions.promoted_on < employments.ended_on
    inner join {{ ref('int_program_days') }} as new_pay
        on promotions.employee_key = new_pay.employee_key
        and promotions.promoted_on >= new_pay.started_on
        and promotions.promoted_on < new_pay.ended_on
    left join {{ ref('pay_rates') }} as old_pay
        on promotions.employee_key = old_pay.employee_key
        and {{ add_days('promotions.promoted_on', -1) }} >= old_pay.started_on
        and {{ add_days('promotions.promoted_on', -1) }} < coalesce(old_pay.ended_on, promotions.promoted_on)
    left join {{ ref('int_program_days') }} as later_pay
        on promotions.employee_key = later_pay.employee_key
        and new_pay.hourly_rate_usd = old_pay.hourly_rate_usd
        and old_pay.hourly_rate_usd < later_pay.hourly_rate_usd
        and promotions.promoted_on < later_pay.started_on
        and promotions.last_raise_on >= later_pay.started_on
        and employments.ended_on > later_pay.started_on
    qualify row_number() over (
            partition by promotions.employee_key, promotions.promoted_on order by later_pay.started_on
        ) = 1
),

spans as (
    select * from mentored
    union all
    select * from raised
),

monthly as (
    select
        spans.line,
        spans.site_id,
        spans.usd,
        months.month,
        cast(
            {{ days_between(
                'greatest(spans.started_on, months.month)', 'least(spans.ended_on, months.next_month)'
            ) }} as double
        ) / months.days_in_month as months_paid
    from spans
    inner join months on spans.started_on < months.next_month and spans.ended_on > months.month
    where spans.started_on < spans.ended_on
)

select
    month,
    site_id,
    line,
    count(*) as records,
    count(usd) as priced,
    sum(usd * months_paid) as usd
from monthly
group by month, site_id, line
