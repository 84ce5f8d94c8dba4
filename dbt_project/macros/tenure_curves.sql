{#-
    CTEs for how long people stay in a tier and how they leave it, for each group of spells; the last one is `curves`,
    grain (group, days), with a row for each number of days at which a spell ended or was last seen.

    A spell ends promoted, separated or otherwise (demoted, lateral, left the ladder): competing risks, estimated as
    Aalen-Johansen cumulative incidences. Open and reclassified spells are censored; spells whose true start is not
    known (unknown, or a reclassification) are left out. Of equal times, events come before censorings: whoever is
    censored at t was at risk at t.

    `spells` names a relation with the columns `by`, days, start_reason and end_reason.
-#}
{% macro tenure_curves(spells, by) -%}
    {%- set group = by | join(', ') -%}
    tenure_times as (
        select
            {{ group }},
            cast(days as integer) as days,
            count(*) as spells,
            count(case when end_reason = 'open' then 1 end) as open_spells,
            count(case when end_reason = 'promoted' then 1 end) as promoted,
            count(case when end_reason like 'separated%' then 1 end) as separated,
            count(case when end_reason in ('demoted', 'lateral', 'left_ladder') then 1 end) as other
        from {{ spells }}
        where start_reason not in ('unknown', 'reclassified')
        group by {{ group }}, days
    ),

    tenure_risks as (
        select
            *,
            promoted + separated + other as ended,
            sum(spells) over (partition by {{ group }} order by days desc rows unbounded preceding) as at_risk
        from tenure_times
    ),

    tenure_survival as (
        select
            *,
            {{ running_product('1 - ended / at_risk', group, 'days') }} as still_in_tier,
            {{ running_product('1 - promoted / at_risk', group, 'days') }} as not_promoted_if_nobody_left,
            {{ running_sum(greenwood_term('promoted'), group, 'days') }} as not_promoted_log_variance,
            {{ greenwood_term('ended') }} as ended_term
        from tenure_risks
    ),

    tenure_steps as (
        select
            *,
            coalesce(lag(still_in_tier) over (partition by {{ group }} order by days), 1) as in_tier_before
        from tenure_survival
    ),

    tenure_incidences as (
        select
            *,
            {%- for outcome in ['promoted', 'separated', 'other'] %}
            {{ running_sum('in_tier_before * ' ~ outcome ~ ' / at_risk', group, 'days') }} as {{ outcome }}_incidence
            {{- ',' if not loop.last }}
            {%- endfor %}
        from tenure_steps
    ),

    curves as (
        select
            {{ group }},
            days,
            spells,
            open_spells,
            promoted,
            separated,
            other,
            at_risk,
            still_in_tier,
            not_promoted_if_nobody_left,
            power(not_promoted_if_nobody_left, 2) * not_promoted_log_variance as not_promoted_variance,
            promoted_incidence,
            {{ incidence_variance('promoted', group) }} as promoted_variance,
            separated_incidence,
            {{ incidence_variance('separated', group) }} as separated_variance,
            other_incidence
        from tenure_incidences
    )
{%- endmacro %}


{#- What the curves by site and by year of entry say of each step. -#}
{% macro tenure_curve_columns() -%}
    days,
    cast(at_risk as bigint) as at_risk,
    {%- for outcome in ['promoted', 'separated'] %}
    {{ outcome }}_incidence,
    {%- for side in ['low', 'high'] %}
    survival_{{ side }}({{ outcome }}_incidence, {{ outcome }}_variance) as {{ outcome }}_incidence_{{ side }}
    {{- ',' if not loop.last }}
    {%- endfor %}
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#- Greenwood's term for the events of one time; none at the time when nobody is left. -#}
{% macro greenwood_term(events) -%}
    case when at_risk > {{ events }} then {{ events }} / (at_risk * (at_risk - {{ events }})) else 0 end
{%- endmacro %}


{#-
    Variance of a cumulative incidence F(t) by the delta method (Marubini and Valsecchi 1995): with n at risk, d ended,
    k of this outcome and S the survival before, each at time i <= t, the sum of
    (F(t) - F(i))^2 d / (n (n - d)) + S^2 k (n - k) / n^3 - 2 (F(t) - F(i)) S k / n^2, multiplied out into sums that run.
-#}
{% macro incidence_variance(outcome, group) -%}
    {%- set f = outcome ~ '_incidence' -%}
    {%- set hit = 'in_tier_before * ' ~ outcome ~ ' / (at_risk * at_risk)' -%}
    greatest(0.0,
        {{ f }} * {{ f }} * {{ running_sum('ended_term', group, 'days') }}
        - 2 * {{ f }} * {{ running_sum(f ~ ' * ended_term', group, 'days') }}
        + {{ running_sum(f ~ ' * ' ~ f ~ ' * ended_term', group, 'days') }}
        + {{ running_sum('in_tier_before * ' ~ hit ~ ' * (at_risk - ' ~ outcome ~ ') / at_risk', group, 'days') }}
        - 2 * {{ f }} * {{ running_sum(hit, group, 'days') }}
        + 2 * {{ running_sum(f ~ ' * ' ~ hit, group, 'days') }}
    )
{%- endmacro %}
