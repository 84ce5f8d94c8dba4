-- Grain: outcome x method (outcome, method): what the program changed, in events per treated person-year.
--
-- staggered_did is the causal estimate (pipelines/causal): each site before and after its own start, against sites that
-- have not started yet. descriptive is the plain before and after, which also shows whatever else has changed.
with exposure as (
    select * from {{ ref('int_program_exposure') }}
),

-- Histories often begin with those who are still there: compare from the first separation on, and at most three years
-- before the first start, because older habits say little.
bounds as (
    select
        {{ month_of('min(separations.last_day_on)') }} as first_separation,
        (select {{ add_months('min(program_started_on)', -36) }} from exposure) as three_years_before
    from {{ ref('fct_separations') }} as separations
),

compared as (
    select exposure.*
    from exposure
    cross join bounds
    where exposure.month >= bounds.first_separation
        and (exposure.month >= bounds.three_years_before or bounds.three_years_before is null)
),

outcomes as (
    select 'voluntary_turnover' as outcome
    union all
    select 'promotion' as outcome
),

causal as (
    select outcomes.outcome, staggered_effect({{ panel_of('compared') }}) as effect
    from outcomes
    left join compared on outcomes.outcome = compared.outcome
    group by outcomes.outcome
),

by_site as (
    select
        outcome,
        site_id,
        sum(events - treated_events) as events_before,
        sum(person_years - treated_person_years) as years_before,
        sum(treated_events) as events_after,
        sum(treated_person_years) as years_after
    from compared
    group by outcome, site_id
),

before_and_after as (
    select
        outcomes.outcome,
        sum(by_site.events_before) as events_before,
        sum(by_site.years_before) as years_before,
        sum(by_site.events_after) as events_after,
        coalesce(sum(by_site.years_after), 0) as years_after,
        count(by_site.site_id) as sites_treated
    from outcomes
    left join by_site
        on outcomes.outcome = by_site.outcome and by_site.years_before > 0 and by_site.years_after > 0
    group by outcomes.outcome
),

differences as (
    select
        *,
        events_after / nullif(years_after, 0) - events_before / years_before as difference,
        {{ normal_quantile() }} * sqrt(
            events_after / nullif(years_after * years_after, 0) + events_before / (years_before * years_before)
        ) as margin
    from before_and_after
)

select
    causal.outcome,
    'staggered_did' as method,
    {%- for field, column in effect_columns().items() %}
    causal.effect['{{ field }}'] as {{ column }},
    {%- endfor %}
    causal.effect['status'] as status
from causal
union all
select
    differences.outcome,
    'descriptive' as method,
    differences.difference as estimate,
    differences.difference - differences.margin as estimate_low,
    differences.difference + differences.margin as estimate_high,
    null as p_value,
    differences.years_after as person_years,
    cast(differences.sites_treated as integer) as sites_treated,
    causal.effect['sites_not_yet'] as sites_not_yet,
    case
        when differences.difference is null then 'no site watched before and after a start'
        else 'no effect: the difference before and after, whatever caused it'
    end as status
from differences
inner join causal on differences.outcome = causal.outcome
