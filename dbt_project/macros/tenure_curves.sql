{#-
    CTEs for how long people stay in a tier and how they leave it, for each group of spells; the last one is `curves`,
    grain (group, days), with a row for each number of days at which a spell ended or was last seen.

    A spell ends promoted, separated or otherwise (demoted, lateral, left the ladder): competing risks, estimated as
    Aalen-Johansen cumulative incidences. Open and reclassified spells are censored; spells whose true start is not
    known (unknown, or a reclassification) are left out. Of equal times, events come before censorings: whoever is
    censored at t was at risk at t.

    Who is watched from a later day than the spell's start enters at risk on that day (delayed entry), and a spell that
    ended before it does not count. Beyond the first number of days for which nobody was at risk nothing can be said:
    `is_estimable` is false, and incidences are null.

    `spells` names a relation with the columns `by`, employee_key, started_on, days, start_reason and end_reason.
-#}
{% macro tenure_curves(spells, by) -%}
    {%- set group = by | join(', ') -%}
    tenure_spells as (
        select
            {%- for column in by %}
            spells.{{ column }},
            {%- endfor %}
            spells.days,
            spells.end_reason,
            greatest({{ days_between('spells.started_on', 'watched.watched_from_on') }}, 0) as entered_after
        from {{ spells }} as spells
        left join {{ ref('int_watched_from') }} as watched on spells.employee_key = watched.employee_key
        where spells.start_reason not in ('unknown', 'reclassified')
            and coalesce({{ days_between('spells.started_on', 'watched.watched_from_on') }} < spells.days, true)
    ),

    tenure_times as (
        select
            {{ group }},
            cast(days as integer) as days,
            count(*) as spells,
            count(case when end_reason = 'open' then 1 end) as open_spells,
            count(case when end_reason = 'promoted' then 1 end) as promoted,
            count(case when end_reason like 'separated%' then 1 end) as separated,
            count(case when end_reason in ('demoted', 'lateral', 'left_ladder') then 1 end) as other,
            0 as entered
        from tenure_spells
        group by {{ group }}, days
        union all by name
        select {{ group }}, entered_after as days, 0 as spells, count(*) as entered
        from tenure_spells
        where entered_after > 0
        group by {{ group }}, entered_after
    ),

    tenure_days as (
        select
            {{ group }},
            days,
            {%- for count in ['spells', 'open_spells', 'promoted', 'separated', 'other'] %}
            cast(coalesce(sum({{ count }}), 0) as bigint) as {{ count }},
            {%- endfor %}
            -- Who enters after t days is at risk from then on, not at t itself.
            sum(sum(spells) - sum(entered)) over (
                partition by {{ group }} order by days desc rows unbounded preceding
            ) as at_risk
        from tenure_times
        group by {{ group }}, days
    ),

    tenure_risks as (
        select
            *,
            promoted + separated + other as ended,
            min(at_risk) over (partition by {{ group }} order by days rows unbounded preceding) > 0 as is_estimable
        from tenure_days
        qualify spells > 0
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
            is_estimable,
            case when is_estimable then still_in_tier end as still_in_tier,
            case when is_estimable then not_promoted_if_nobody_left end as not_promoted_if_nobody_left,
            power(not_promoted_if_nobody_left, 2) * not_promoted_log_variance as not_promoted_variance,
            case when is_estimable then promoted_incidence end as promoted_incidence,
            {{ incidence_variance('promoted', group) }} as promoted_variance,
            case when is_estimable then separated_incidence end as separated_incidence,
            {{ incidence_variance('separated', group) }} as separated_variance,
            case when is_estimable then other_incidence end as other_incidence
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
