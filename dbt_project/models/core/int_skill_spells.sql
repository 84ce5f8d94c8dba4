-- Grain: an unbroken run of days on which a person was qualified in a skill (employee_key, skill_id, started_on).
--
-- ended_on is the first day no longer valid, may lie ahead, and is null without a limit. qualified_on is the latest
-- pass of the run; failed_on the first fail after it, whether or not the skill is suspended by fails.
-- depends_on: {{ ref('stg_lms__courses') }}, {{ ref('stg_lms__completions') }}, {{ ref('stg_program__skills') }}
{{ config(
    database='build', schema='staging', contract={'enforced': false},
    materialized='by_subject',
    subject=['employee_key', 'skill_id'],
    changed_subjects="
        with skills as (
            select skill_id from {{ changed(ref('stg_lms__courses')) }}
            union
            select skill_id from {{ changed(ref('stg_program__skills')) }}
        )
        select completions.employee_key, courses.skill_id
        from (
            select employee_key, course_id from {{ changed(ref('stg_lms__completions')) }}
            union all
            select employee_key, course_id from {{ ref('stg_lms__completions') }}
            where {{ came_into_view('completed_on') }}
        ) as completions
        inner join {{ ref('dim_courses') }} as courses on completions.course_id = courses.course_id
        union all
        select completions.employee_key, courses.skill_id
        from {{ ref('fct_completions') }} as completions
        inner join {{ ref('dim_courses') }} as courses on completions.course_id = courses.course_id
        where courses.skill_id in (select skill_id from skills)
        union all
        select employee_key, skill_id from {{ this }} where skill_id in (select skill_id from skills)
    ",
) }}
with days as (
    select
        completions.employee_key,
        courses.skill_id,
        completions.completed_on,
        bool_or(completions.is_passed) as has_passed,
        bool_or(not completions.is_passed) as has_failed
    from {{ ref('fct_completions') }} as completions
    inner join {{ ref('dim_courses') }} as courses on completions.course_id = courses.course_id
    where
        courses.skill_id is not null
    {% if is_partial() %}
        and (completions.employee_key, courses.skill_id) in (
            select employee_key, skill_id from {{ changed_subjects() }}
        )
        {% endif %}
    group by completions.employee_key, courses.skill_id, completions.completed_on
),

followed as (
    select
        *,
        lead(case when has_passed then completed_on end ignore nulls) over in_order as next_passed_on,
        lead(case when has_failed then completed_on end ignore nulls) over in_order as next_failed_on
    from days
    window in_order as (partition by employee_key, skill_id order by completed_on)
),

passes as (
    select
        followed.employee_key,
        followed.skill_id,
        followed.completed_on as passed_on,
        case
            when followed.next_failed_on < coalesce(followed.next_passed_on, {{ end_of_time() }})
                then followed.next_failed_on
        end as failed_on,
        {{ add_months('followed.completed_on', 'skills.requalify_months') }} as lapses_on,
        skills.fail_suspends
    from followed
    left join {{ ref('dim_skills') }} as skills on followed.skill_id = skills.skill_id
    where followed.has_passed
),

validities as (
    select
        *,
        case
            when fail_suspends and failed_on < coalesce(lapses_on, {{ end_of_time() }}) then failed_on
            else lapses_on
        end as valid_until
    from passes
),

-- A pass on the very day the one before ran out continues its run.
runs as (
    select
        *,
        coalesce(lag(coalesce(valid_until, {{ end_of_time() }})) over in_order < passed_on, true) as is_start
    from validities
    window in_order as (partition by employee_key, skill_id order by passed_on)
)

select
    employee_key,
    skill_id,
    max(case when is_start then passed_on end) over (in_order rows unbounded preceding) as started_on,
    valid_until as ended_on,
    passed_on as qualified_on,
    failed_on
from runs
window in_order as (partition by employee_key, skill_id order by passed_on)
qualify coalesce(lead(is_start) over in_order, true)
