-- Grain: a quarter, site and reason for leaving (quarter, site_id, separation_reason); ladder days, every class.
with separations as (
    select
        {{ quarter_of('leavings.last_day_on') }} as quarter,
        leavings.site_id,
        coalesce(leavings.separation_reason, 'unknown') as separation_reason,
        leavings.separation_type
    from {{ ref('fct_separations') }} as leavings
    left join {{ ref('int_watched_from') }} as watched on leavings.employee_key = watched.employee_key
    where leavings.tier is not null and coalesce(leavings.last_day_on >= watched.watched_from_on, true)
),

person_time as (
    select months.quarter, walk.site_id, sum(walk.person_days) / 365.25 as person_years
    from {{ ref('int_watched_walk') }} as walk
    inner join {{ ref('dim_months') }} as months on walk.month = months.month
    group by months.quarter, walk.site_id
),

counted as (
    select
        quarter,
        site_id,
        separation_reason,
        count(*) as separations,
        {%- for kind in ['voluntary', 'involuntary', 'other', 'unknown'] %}
        count(case when separation_type = '{{ kind }}' then 1 end) as separations_{{ kind }},
        {%- endfor %}
        sum(count(*)) over (partition by quarter, site_id) as site_separations
    from separations
    group by quarter, site_id, separation_reason
)

select
    counted.quarter,
    counted.site_id,
    counted.separation_reason,
    counted.separations_voluntary,
    counted.separations_involuntary,
    counted.separations_other,
    counted.separations_unknown,
    counted.separations,
    cast(counted.site_separations as bigint) as site_separations,
    {{ share_columns('counted.separations', 'counted.site_separations', 'separations_share') }},
    person_time.person_years,
    {{ rate_columns('counted.separations', 'person_time.person_years', 'separation_rate') }},
    counted.separations < 20 as is_unstable
from counted
left join person_time
    on counted.quarter = person_time.quarter and counted.site_id is not distinct from person_time.site_id
