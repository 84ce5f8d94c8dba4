{#-
    Aggregates over `curves`, one row a group: the columns that every tier_tenure table has. An incidence within h days
    is null when no spell was watched for h days. 0.5 is reached also where a sum of fractions falls short by rounding.
-#}
{% macro tenure_summary() -%}
    cast(coalesce(sum(spells), 0) as bigint) as spells,
    cast(coalesce(sum(open_spells), 0) as bigint) as open_spells,
    cast(coalesce(sum(promoted), 0) as bigint) as promotions,
    cast(coalesce(sum(separated), 0) as bigint) as separations,
    cast(coalesce(sum(other), 0) as bigint) as other_ends,
    {%- for outcome in ['promoted', 'separated'] %}
    {%- for horizon in [180, 365, 730] %}
    case when max(days) filter (where is_estimable) >= {{ horizon }} then
        coalesce(max({{ outcome }}_incidence) filter (where days <= {{ horizon }}), 0)
    end as {{ outcome }}_within_{{ horizon }},
    {%- for side in ['low', 'high'] %}
    case when max(days) filter (where is_estimable) >= {{ horizon }} then
        survival_{{ side }}(
            max({{ outcome }}_incidence) filter (where days <= {{ horizon }}),
            max_by({{ outcome }}_variance, days) filter (where days <= {{ horizon }})
        )
    end as {{ outcome }}_within_{{ horizon }}_{{ side }},
    {%- endfor %}
    {%- endfor %}
    {%- endfor %}
    min(days) filter (where promoted_incidence >= 0.5 - 1e-12) as median_days_to_promotion,
    min(days) filter (where not_promoted_if_nobody_left <= 0.5 + 1e-12) as median_days_if_nobody_left,
    coalesce(sum(promoted), 0) < 20 as is_unstable
{%- endmacro %}
