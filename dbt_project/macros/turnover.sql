{#- Employment classes that the turnover of a month, site and tier is about. -#}
{% macro turnover_classes() -%}
    {{ return(['full_time', 'part_time', 'unknown']) }}
{%- endmacro %}


{#-
    The whole of a turnover model: separations and person-time of each cell of the walk by month, and over the twelve
    months that end with it, with rates per person-year.

    by: columns of int_watched_walk beside the month. classes: employment classes that count, none for all.
    A cell has rows from its first month on, as long as anybody was in it in the last twelve months. Time in which
    nobody would have told that somebody left counts in no rate.
-#}
{% macro turnover(by, classes=none) -%}
{%- set group = by | join(', ') -%}
{%- set kinds = ['voluntary', 'involuntary', 'other', 'unknown'] -%}
with months as (
    select * from {{ ref('dim_months') }}
),

walk as (
    select
        month,
        {{ group }},
        sum(person_days) as person_days,
        sum(unwatched_person_days) as unwatched_person_days,
        sum(closing) as closing,
        {%- for kind in kinds %}
        sum(separations_{{ kind }}) as separations_{{ kind }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_watched_walk') }}
    {%- if classes %}
    where employment_class in ('{{ classes | join("', '") }}')
    {%- endif %}
    group by month, {{ group }}
),

cells as (
    select {{ group }}, min(month) as first_month
    from walk
    group by {{ group }}
),

every_month as (
    select
        months.month,
        months.last_day_on,
        {%- for column in by %}
        cells.{{ column }},
        {%- endfor %}
        coalesce(walk.person_days, 0) as person_days,
        coalesce(walk.unwatched_person_days, 0) as unwatched_person_days,
        coalesce(walk.closing, 0) as closing,
        {%- for kind in kinds %}
        coalesce(walk.separations_{{ kind }}, 0) as separations_{{ kind }},
        {%- endfor %}
        {%- for kind in kinds %}
        {{ '+ ' if not loop.first }}coalesce(walk.separations_{{ kind }}, 0)
        {%- endfor %} as separations
    from cells
    inner join months on cells.first_month <= months.month
    left join walk
        on months.month = walk.month
        {%- for column in by %}
        and cells.{{ column }} is not distinct from walk.{{ column }}
        {%- endfor %}
),

covered as (
    select
        *,
        {{ is_month_covered('last_day_on', 'person_days', 'unwatched_person_days') }} as is_covered
    from every_month
),

last_year as (
    select
        *,
        person_days / 365.25 as person_years,
        sum(unwatched_person_days) over last_12 as unwatched_person_days_12m,
        bool_and(is_covered) over last_13_ends as are_ends_covered,
        sum(person_days) over last_12 / 365.25 as person_years_12m,
        sum(separations_voluntary) over last_12 as separations_voluntary_12m,
        sum(separations) over last_12 as separations_12m,
        -- Months before a cell's first one count as nobody there.
        sum(closing) over last_13_ends / 13.0 as mean_closing_12m
    from covered
    window
        last_12 as (partition by {{ group }} order by month rows between 11 preceding and current row),
        last_13_ends as (partition by {{ group }} order by month rows between 12 preceding and current row)
)

select
    last_year.month,
    {%- for column in by %}
    last_year.{{ column }},
    {%- endfor %}
    cast(last_year.person_days as bigint) as person_days,
    last_year.person_years,
    cast(last_year.closing as bigint) as closing,
    {%- for kind in kinds %}
    cast(last_year.separations_{{ kind }} as bigint) as separations_{{ kind }},
    {%- endfor %}
    cast(last_year.separations as bigint) as separations,
    {{ rate_columns('last_year.separations_voluntary', 'last_year.person_years', 'voluntary_turnover_rate') }},
    {{ rate_columns('last_year.separations', 'last_year.person_years', 'total_turnover_rate') }},
    last_year.separations_voluntary < 20 as is_unstable,
    last_year.person_years_12m,
    cast(last_year.separations_voluntary_12m as bigint) as separations_voluntary_12m,
    cast(last_year.separations_12m as bigint) as separations_12m,
    {{ rate_columns('last_year.separations_voluntary_12m', 'last_year.person_years_12m', 'voluntary_turnover_rate_12m') }},
    {{ rate_columns('last_year.separations_12m', 'last_year.person_years_12m', 'total_turnover_rate_12m') }},
    last_year.separations_voluntary_12m < 20 as is_unstable_12m,
    case
        when last_year.month >= {{ add_months(
                'greatest((select min(month) from months), ' ~ month_of(watched_since()) ~ ')', 12
            ) }}
            and last_year.are_ends_covered
            and last_year.unwatched_person_days_12m = 0
            and last_year.mean_closing_12m > 0
            then last_year.separations_voluntary_12m / last_year.mean_closing_12m
    end as classic_turnover_rate_12m,
    last_year.is_covered,
    last_year.last_day_on > {{ add_days(as_of_on(), '-delays.delay_days') }} as is_preliminary
from last_year
cross join {{ ref('int_reporting_delay') }} as delays
where last_year.person_years_12m > 0 or last_year.separations_12m > 0 or last_year.unwatched_person_days_12m > 0
{%- endmacro %}
