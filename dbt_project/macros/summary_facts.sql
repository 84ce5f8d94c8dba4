{#-
    What summary.duckdb counts, at the finest grain, from the marts: family, slice (a month or a year), site_id, tier,
    people, and up to three counts. `n1` is the smallest: every other count of the family is at least as large in every
    cell. People, and opening for those there at the month's start, add up to no more than the distinct employees
    behind a denominator.

    Person-days are a family of their own: those of turnover and of promotions differ by per-diem and temporary staff
    only, so that one would tell of the other.
-#}
{% macro summary_facts() -%}
    {#- What is shown is who is there at the end: three of five hide, whoever was there when the month began. #}
    select 'headcount' as family, month as slice, site_id, tier, closing as people, closing as n1
    from {{ ref('headcount_walk_by_month') }}
    union all by name
    select families.family, present.*
    from (
        select month as slice, site_id, tier, sum(opening) as opening, sum(closing) as people
        from {{ ref('headcount_walk_by_month') }}
        where employment_class in ('{{ turnover_classes() | join("', '") }}')
        group by month, site_id, tier
    ) as present
    cross join (values ('presence'), ('turnover'), ('promotions')) as families (family)
    where families.family != 'promotions' or present.tier in (select from_tier from {{ ref('dim_tier_paths') }})
    union all by name
    select 'presence' as family, month as slice, site_id, tier, person_days as n1
    from {{ ref('turnover_by_month') }}
    union all by name
    select 'presence' as family, month as slice, site_id, tier, cast(round(person_years * 365.25) as bigint) as n2
    from {{ ref('promotions_by_month') }}
    union all by name
    select 'turnover' as family, month as slice, site_id, tier, separations_voluntary as n1, separations as n2
    from {{ ref('turnover_by_month') }}
    union all by name
    select 'promotions' as family, month as slice, site_id, tier, promotions as n1
    from {{ ref('promotions_by_month') }}
    where promotions > 0 or tier in (select from_tier from {{ ref('dim_tier_paths') }})
    union all by name
    select
        'readiness' as family, month as slice, site_id, to_tier as tier, employees as people,
        waiting_over_90_days as n1, ready as n2, employees as n3
    from {{ ref('readiness_by_month') }}
    union all by name
    select 'evaluation' as family, month as slice, site_id, active as people, evaluated as n1
    from {{ ref('evaluation_coverage_by_month') }}
    union all by name
    select
        'training' as family, month as slice, site_id, completed_on_time as n1, completed as n2, assignments_due as n3
    from {{ ref('training_completion_by_month') }}
    union all by name
    {#- Whoever has assignments of two sites in a month counts at one of them. #}
    select 'training' as family, slice, site_id, count(*) as people
    from (
        select {{ month_of('first_due_on') }} as slice, min(site_id) as site_id
        from {{ ref('fct_training_assignments') }}
        where is_counted
        group by {{ month_of('first_due_on') }}, employee_key
    ) as trainees
    group by slice, site_id
    union all by name
    select
        'hires' as family, {{ year_of('cohort_month') }} as slice, site_id, left_voluntarily as n1, "left" as n2, hires as n3
    from {{ ref('new_hire_attrition') }}
    where days = 90
    union all by name
    {#- Whoever was hired twice in a year counts once. #}
    select 'hires' as family, slice, site_id, count(*) as people
    from (
        select {{ year_of('employments.started_on') }} as slice, min(first_jobs.site_id) as site_id
        from {{ ref('fct_employments') }} as employments
        inner join {{ ref('fct_job_spells') }} as first_jobs
            on employments.employee_key = first_jobs.employee_key and employments.started_on = first_jobs.started_on
        left join {{ ref('int_watched_from') }} as watched on employments.employee_key = watched.employee_key
        where employments.start_event != 'unknown'
            and coalesce(employments.started_on >= watched.watched_from_on, true)
            and first_jobs.tier is not null
            and {{ days_between('employments.started_on', as_of_on()) }} >= 90
        group by {{ year_of('employments.started_on') }}, employments.employee_key
    ) as newcomers
    group by slice, site_id
    union all by name
    select
        'certification' as family, {{ year_of('cohort_month') }} as slice, site_id, matured as people,
        certified_in_time as n1, matured as n2, entrants as n3
    from {{ ref('certification_by_cohort') }}
    where rule_id = ({{ summary_goal() }})
    union all by name
    {#- Whoever entered twice in a year counts once. #}
    select 'certification' as family, slice, site_id, -sum(more) as people
    from (
        select {{ year_of('clocks.clock_started_on') }} as slice, min(clocks.site_id) as site_id, count(*) - 1 as more
        from {{ ref('int_certification_clocks') }} as clocks
        left join {{ ref('int_watched_from') }} as watched on clocks.employee_key = watched.employee_key
        where clocks.rule_id = ({{ summary_goal() }})
            and coalesce(greatest(clocks.clock_started_on, clocks.employed_on) >= watched.watched_from_on, true)
        group by {{ year_of('clocks.clock_started_on') }}, clocks.employee_key
        having count(*) > 1
    ) as repeats
    group by slice, site_id
{%- endmacro %}


{#- The organisation's own certification rule: of those for every state the one that leaves most time. -#}
{% macro summary_goal() -%}
    select rule_id from {{ ref('dim_certification_rules') }} where state is null order by months desc, rule_id limit 1
{%- endmacro %}


{#- The most ways up that any tier has: nobody counts more often than that among those with a way up. -#}
{% macro summary_ways_up() -%}
    (
        select coalesce(max(ways.paths), 1)
        from (select count(*) as paths from {{ ref('dim_tier_paths') }} group by from_tier) as ways
    )
{%- endmacro %}
