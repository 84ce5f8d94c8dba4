-- Grain: scope x horizon (scope, horizon; scope: all or a site_id): what a program's worth is computed from. Private.
--
-- The first year is a site's first twelve calendar months, that of the start included.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with sites as (
    select site_id, {{ month_of('program_started_on') }} as start_month
    from {{ ref('dim_sites') }}
    where program_started_on <= {{ as_of_on() }}
),

-- What was spent for no site in particular follows the earliest start, and counts in the whole alone.
starts as (
    select site_id, start_month from sites
    union all
    select null as site_id, min(start_month) as start_month
    from sites
    having count(*) > 0
),

amounts as (
    select
        month,
        site_id,
        case
            when line = 'mentor_time' then 'mentoring'
            when line = 'exam_fees' then 'exams'
            when line in ('training_time', 'promotion_raises') then 'loaded'
            else 'fixed'
        end as kind,
        amount_usd as amount
    from {{ ref('program_costs_by_month') }}
    union all
    select month, site_id, 'person_years' as kind, treated_person_years as amount
    from {{ ref('int_program_exposure') }}
    where outcome = 'voluntary_turnover'
    union all
    select
        {{ month_of('openings.filled_on') }} as month,
        openings.site_id,
        'internal_fills' as kind,
        1 as amount
    from {{ ref('fct_openings') }} as openings
    inner join {{ ref('dim_tiers') }} as tiers on openings.tier = tiers.tier
    inner join {{ ref('dim_sites') }} as sites on openings.site_id = sites.site_id
    where openings.fill_source = 'internal'
        and not tiers.is_entry
        and openings.filled_on >= sites.program_started_on
),

placed as (
    select
        starts.site_id,
        amounts.kind,
        amounts.amount,
        {{ months_between('starts.start_month', 'amounts.month') }} as program_month
    from starts
    inner join amounts
        on starts.site_id is not distinct from amounts.site_id and starts.start_month <= amounts.month
),

-- The whole is every site, and what was spent for none.
scopes as (
    select 'all' as scope, site_id, start_month from starts
    union all
    select site_id as scope, site_id, start_month from sites
),

horizons as (
    select 'first_year' as horizon, 12 as most_months
    union all
    select 'to_date' as horizon, 100000 as most_months
),

periods as (
    select
        scopes.scope,
        scopes.site_id,
        horizons.horizon,
        horizons.most_months,
        least({{ months_between('scopes.start_month', month_of(as_of_on())) }} + 1, horizons.most_months) as months
    from scopes
    cross join horizons
),

sums as (
    select
        periods.scope,
        periods.horizon,
        {%- for kind in ['fixed', 'loaded', 'mentoring', 'exams', 'person_years', 'internal_fills'] %}
        sum(case when placed.kind = '{{ kind }}' then placed.amount end) as {{ kind }},
        {%- endfor %}
        cast(max(periods.months) as integer) as months
    from periods
    left join placed
        on periods.site_id is not distinct from placed.site_id and periods.most_months > placed.program_month
    group by periods.scope, periods.horizon
)

select
    scope,
    horizon,
    months,
    fixed,
    loaded,
    mentoring,
    exams,
    coalesce(person_years, 0) as person_years,
    -- Without an openings feed nobody knows how posts were filled.
    case when (select count(*) > 0 from {{ ref('fct_openings') }}) then coalesce(internal_fills, 0) end
        as internal_fills
from sums
