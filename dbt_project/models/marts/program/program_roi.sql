-- Grain: scope x horizon x scenario (scope, horizon, scenario; scope: all or a site_id): what the program is worth.
--
-- A benefit needs an effect: where program_effect has none, costs and break-even stand and benefits are null.
with sums as (
    select *, coalesce(fixed, loaded, mentoring, exams) is not null as has_costs
    from {{ ref('int_program_sums') }}
),

effects as (
    select estimate, estimate_low, estimate_high, status
    from {{ ref('program_effect') }}
    where outcome = 'voluntary_turnover' and method = 'staggered_did'
),

assumptions as (
    select
        {{ assumption('replacement_cost') }} as replacement_cost,
        {{ assumption('benefits_load') }} as benefits_load,
        {{ assumption('exam_fee') }} as exam_fee,
        {{ assumption('mentor_hours_per_month') }} as mentor_hours,
        {{ assumption('external_fill_cost') }} as external_fill_cost,
        {{ assumption('internal_fill_cost') }} as internal_fill_cost,
        bool_or(is_default) as has_default_assumptions
    from {{ ref('dim_roi_assumptions') }}
),

scenarios as (
    select * from {{ ref('int_roi_scenarios') }}
),

probabilities as (
    select
        sums.scope,
        sums.horizon,
        case when sums.has_costs then probability_positive({{ worth_of('sums', 'effects', 'scenarios') }}) end
            as probability_positive
    from sums
    cross join effects
    cross join assumptions
    inner join scenarios on scenarios.scenario = 'central'
),

lines as (
    select
        sums.scope,
        sums.horizon,
        sums.months,
        sums.person_years,
        sums.internal_fills,
        scenarios.scenario,
        scenarios.replacement_cost,
        effects.status,
        sums.fixed,
        sums.loaded,
        sums.mentoring,
        sums.exams,
        scenarios.entry_refill_cost,
        case
            when sums.has_costs
                then
                    program_costs(
                        sums.fixed, sums.loaded, sums.mentoring, sums.exams,
                        scenarios.load_factor, scenarios.hours_factor, scenarios.exam_factor
                    )
        end as costs_usd,
        -effects.estimate * sums.person_years as avoided_separations,
        -effects.estimate_high * sums.person_years as avoided_separations_low,
        -effects.estimate_low * sums.person_years as avoided_separations_high,
        -effects.estimate * sums.person_years * scenarios.replacement_cost as avoided_replacement_usd,
        case when effects.estimate is not null then sums.internal_fills * scenarios.saved_a_fill end
            as internal_fills_usd
    from sums
    cross join scenarios
    cross join effects
),

benefits as (
    select *, avoided_replacement_usd + coalesce(internal_fills_usd, 0) as benefits_usd
    from lines
)

select
    benefits.scope,
    benefits.horizon,
    benefits.scenario,
    benefits.months,
    benefits.person_years as treated_person_years,
    benefits.costs_usd,
    benefits.avoided_separations,
    benefits.avoided_separations_low,
    benefits.avoided_separations_high,
    benefits.avoided_replacement_usd,
    cast(benefits.internal_fills as bigint) as internal_fills,
    benefits.internal_fills_usd,
    benefits.benefits_usd,
    benefits.benefits_usd - benefits.costs_usd as net_benefit_usd,
    benefits.benefits_usd / nullif(benefits.costs_usd, 0) as benefit_cost_ratio,
    (benefits.benefits_usd - benefits.costs_usd) / nullif(benefits.costs_usd, 0) as roi_rate,
    case when benefits.benefits_usd > 0 then benefits.costs_usd / (benefits.benefits_usd / benefits.months) end
        as payback_months,
    benefits.costs_usd / nullif(benefits.replacement_cost, 0) as break_even_avoided_separations,
    probabilities.probability_positive,
    benefits.status as effect_status,
    assumptions.has_default_assumptions,
    benefits.fixed as fixed_costs_usd,
    benefits.loaded as loaded_costs_usd,
    benefits.mentoring as mentoring_costs_usd,
    benefits.exams as exam_costs_usd,
    benefits.entry_refill_cost as entry_refill_cost_usd
from benefits
cross join assumptions
inner join probabilities on benefits.scope = probabilities.scope and benefits.horizon = probabilities.horizon
