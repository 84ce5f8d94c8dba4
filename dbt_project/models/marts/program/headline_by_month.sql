-- Grain: a month and a site, or the whole organisation where site_id is null (month, site_id).
with months as (
    select month, last_day_on
    from {{ ref('dim_months') }}
),

turnover as (
    select month, site_id, separations_voluntary_12m as events, person_years_12m as base
    from {{ ref('turnover_by_month') }}
),

promotions as (
    select month, site_id, promotions_12m as events, person_years_12m as base
    from {{ ref('promotions_by_month') }}
),

-- Spells in a tier with a way up, in the month in which they had been watched for 365 days,
-- from their start: no censoring is left but
-- that by a change of the crosswalk alone, which is left out.
watched_spells as (
    select
        {{ month_of(add_days('spells.started_on', 365)) }} as month,
        job_spells.site_id,
        count(case when spells.end_reason = 'promoted' and spells.days <= 365 then 1 end) as events,
        count(*) as base
    from {{ ref('fct_tier_spells') }} as spells
    inner join {{ ref('fct_job_spells') }} as job_spells
        on spells.employee_key = job_spells.employee_key
        and spells.started_on = job_spells.started_on
    left join {{ ref('int_watched_from') }} as watched on spells.employee_key = watched.employee_key
    where spells.start_reason not in ('unknown', 'reclassified')
        and not (spells.end_reason = 'reclassified' and spells.days <= 365)
        and coalesce(spells.started_on >= watched.watched_from_on, true)
        and {{ add_days('spells.started_on', 365) }} <= {{ as_of_on() }}
        and spells.tier in (select paths.from_tier from {{ ref('dim_tier_paths') }} as paths)
    group by all
),

trainings as (
    -- Categories are summed before twelve months of them are.
    select month, site_id, sum(completed_on_time) as events, sum(assignments_due) as base
    from {{ ref('training_completion_by_month') }}
    where is_covered
    group by month, site_id
),

-- The organisation's own goal: the rule for every state that leaves most time.
goals as (
    select rule_id, months as months_allowed
    from {{ ref('dim_certification_rules') }}
    where state is null
    qualify row_number() over (order by months desc, rule_id asc) = 1
),

certifications as (
    select
        {{ add_months('cohorts.cohort_month', 'goals.months_allowed') }} as month,
        cohorts.site_id,
        cohorts.certified_in_time as events,
        cohorts.matured as base
    from {{ ref('certification_by_cohort') }} as cohorts
    inner join goals on cohorts.rule_id = goals.rule_id
),

-- People, not waits: who is ready for two tiers waits once.
waiting as (
    select
        months.month,
        ladder_days.site_id,
        count(distinct case
            when readiness.ready_on < {{ add_days('months.last_day_on', -90) }} then readiness.employee_key
        end) as events,
        null as base
    from {{ ref('fct_readiness_spells') }} as readiness
    inner join months
        on readiness.started_on <= months.last_day_on
        and coalesce(readiness.ended_on, {{ end_of_time() }}) > months.last_day_on
    inner join {{ ref('int_counted_ladder_days') }} as ladder_days
        on readiness.employee_key = ladder_days.employee_key
        and readiness.from_tier = ladder_days.tier
        and months.last_day_on >= ladder_days.started_on
        and months.last_day_on < ladder_days.counted_until
    where readiness.is_reachable
        and readiness.is_ready is not null
        and months.month > {{ add_months(month_of(as_of_on()), -24) }}
    group by months.month, ladder_days.site_id
),

-- Money is judged for the program to date, so only the last month has it; the whole is judged as a whole.
net_benefits as (
    select
        months.month,
        case when roi.scope <> 'all' then roi.scope end as site_id,
        roi.scope = 'all' as is_all,
        'net_benefit_usd' as metric,
        cast(roi.net_benefit_usd as double) as events,
        cast(null as double) as base
    from {{ ref('program_roi') }} as roi
    inner join months on months.month = {{ month_of(as_of_on()) }}
    where roi.horizon = 'to_date' and roi.scenario = 'central'
),

figures as (
    {{ headline_figure('voluntary_turnover_rate_12m', 'turnover') }}
    union all
    {{ headline_figure('promotion_rate_12m', 'promotions') }}
    union all
    {{ headline_figure('promoted_within_365', 'watched_spells', months=12) }}
    union all
    {{ headline_figure('completed_on_time_rate', 'trainings', months=12, through=covered_through(training_feeds())) }}
    union all
    {{ headline_figure(
        'certified_in_time_rate', 'certifications', months=12, through=covered_through(['credentials'])
    ) }}
    union all
    {{ headline_figure('ready_waiting_over_90', 'waiting') }}
    union all
    select * from net_benefits
),

-- Rows of no known site count in the whole and have no row of their own.
valued as (
    select
        month,
        site_id,
        metric,
        events,
        base,
        case when metric in {{ figures_that_are('amount') }} then events else events / nullif(base, 0) end as figure,
        case
            when metric in {{ figures_that_are('rate') }} then poisson_low(cast(events as bigint), base)
            when metric in {{ figures_that_are('share') }} then wilson_low(events, base)
        end as figure_low,
        case
            when metric in {{ figures_that_are('rate') }} then poisson_high(cast(events as bigint), base)
            when metric in {{ figures_that_are('share') }} then wilson_high(events, base)
        end as figure_high
    from figures
    where is_all or site_id is not null
),

-- A target of the site goes before one for everywhere, a later one before an earlier.
aims as (
    select
        valued.month,
        valued.site_id,
        valued.metric,
        targets.target
    from valued
    inner join months on valued.month = months.month
    inner join {{ ref('dim_targets') }} as targets
        on valued.metric = targets.metric
        and coalesce(valued.site_id = targets.site_id, targets.site_id is null)
        and coalesce(months.last_day_on >= targets.effective_on, true)
    qualify row_number() over (
            partition by valued.month, valued.site_id, valued.metric
            order by targets.site_id asc nulls last, targets.effective_on desc nulls last
        ) = 1
),

compared as (
    select
        valued.*,
        year_before.figure as year_before,
        aims.target
    from valued
    left join valued as year_before
        on valued.metric = year_before.metric
        and valued.site_id is not distinct from year_before.site_id
        and year_before.month = {{ add_months('valued.month', -12) }}
    left join aims
        on valued.metric = aims.metric
        and valued.site_id is not distinct from aims.site_id
        and valued.month = aims.month
)

select
    month,
    site_id,
    {{ headline_columns() }}
from compared
group by month, site_id
