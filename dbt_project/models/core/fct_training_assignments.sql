-- Grain: an assignment of a course to a person, made by as_of_on; the same course may be assigned twice.
--
-- Everything is judged by the day it was due when it first landed, so that moving a due date mends no figure.
-- depends_on: {{ ref('stg_lms__completions') }}, {{ ref('stg_lms__courses') }}, {{ ref('stg_hr__job_history') }}
-- depends_on: {{ ref('stg_hr__roster') }}, {{ ref('int_job_rows') }}
{{ config(
    materialized='by_subject',
    subject=['employee_key', 'course_id'],
    changed_subjects="
        select employee_key, course_id from {{ changed(ref('stg_lms__assignments')) }}
        union all
        select employee_key, course_id from {{ changed(ref('stg_lms__completions')) }}
        union all
        select employee_key, course_id from {{ ref('stg_lms__completions') }}
        where {{ came_into_view('completed_on') }}
        union all
        select employee_key, course_id from {{ ref('stg_lms__assignments') }}
        where
            {{ came_into_view('assigned_on') }}
            or {{ came_into_view('first_due_on') }}
            or {{ came_into_view('waived_on') }}
            or course_id in (select course_id from {{ changed(ref('stg_lms__courses')) }})
            -- Which reasons are no separation decides who was employed when.
            or exists (
                select 1 from {{ source('control', 'batches') }} where feed = 'separation_reasons' and is_pending
            )
            or employee_key in (
                select employee_key from {{ changed(ref('stg_hr__job_history')) }}
                union all
                select employee_key from {{ ref('int_job_rows') }}
                where
                    {{ came_into_view('effective_on') }}
                    or {{ came_into_view(add_days('effective_on', 1)) }}
                union all
                -- A list tells of everybody on the others: who is not on it is gone.
                select employee_key from {{ changed(ref('stg_hr__roster')) }}
                union all
                select employee_key from {{ ref('stg_hr__roster') }}
                where
                    exists (
                        select 1 from {{ source('control', 'batches') }} where feed = 'roster' and is_pending
                    )
                    or exists (select 1 from {{ ref('stg_hr__roster') }} where {{ came_into_view('as_of_on') }})
            )
    ",
) }}
with clock as (
    select as_of_on, {{ covered_through(training_feeds()) }} as covered_on from {{ source('control', 'run') }}
),

assignments as (
    select
        assignments.*,
        clock.covered_on,
        -- Whether somebody was there to be trained is asked on the day it was due, until then on the last day of which
        -- the learning system has told; of what was assigned later, today.
        case
            when assignments.assigned_on <= clock.covered_on
                then coalesce(least(assignments.first_due_on, clock.covered_on), clock.covered_on)
            else coalesce(least(assignments.first_due_on, clock.as_of_on), clock.as_of_on)
        end as judged_on,
        assignments.waived_on is not null
        and assignments.waived_on <= clock.covered_on
        and assignments.waived_on <= coalesce(assignments.first_due_on, assignments.waived_on) as is_waived
    from {{ ref('stg_lms__assignments') }} as assignments
    cross join clock
    -- coalesce() changes nothing here, but DuckDB takes a bare comparison with the clock for one that few rows pass,
    -- and then builds its hash tables over millions of assignments.
    where
        coalesce(assignments.assigned_on <= clock.as_of_on, false)
    {% if is_partial() %}
        and (assignments.employee_key, assignments.course_id) in (
            select employee_key, course_id from {{ changed_subjects() }}
        )
        {% endif %}
),

-- A list a person and course keeps the assignments from multiplying; an as-of join sorts both tables. Only an
-- assignment between the first pass and the last needs its list gone through.
passes as (
    select
        employee_key,
        course_id,
        min(completed_on) as first_on,
        max(completed_on) as last_on,
        list(completed_on) as days
    from {{ ref('fct_completions') }}
    where
        is_passed
    {% if is_partial() %}
        and (employee_key, course_id) in (select employee_key, course_id from {{ changed_subjects() }})
        {% endif %}
    group by employee_key, course_id
),

employments as (
    select employee_key, started_on, coalesce(ended_on, {{ end_of_time() }}) as ended_on
    from {{ ref('fct_employments') }}
),

facts as (
    select
        assignments.*,
        courses.category,
        site_windows.site_id,
        case
            when passes.first_on >= assignments.assigned_on then passes.first_on
            when passes.last_on >= assignments.assigned_on
                then {{ earliest_from('passes.days', 'assignments.assigned_on') }}
        end as completed_on,
        employments.employee_key is not null as is_employed
    from assignments
    left join passes
        on assignments.employee_key = passes.employee_key and assignments.course_id = passes.course_id
    left join {{ ref('dim_courses') }} as courses on assignments.course_id = courses.course_id
    left join {{ ref('int_site_windows') }} as site_windows
        on assignments.employee_key = site_windows.employee_key
        and assignments.assigned_on >= site_windows.answers_from
        and assignments.assigned_on < site_windows.answers_until
    left join employments
        on assignments.employee_key = employments.employee_key
        and assignments.judged_on >= employments.started_on
        and assignments.judged_on < employments.ended_on
)

select
    employee_key,
    course_id,
    category,
    site_id,
    assigned_on,
    due_on,
    first_due_on,
    completed_on,
    is_required,
    case
        when completed_on <= coalesce(first_due_on, completed_on) then 'completed_on_time'
        when completed_on is not null then 'completed_late'
        when is_waived then 'waived'
        when not is_employed then 'excused'
        when first_due_on <= covered_on then 'overdue'
        else 'open'
    end as status,
    is_required and coalesce(first_due_on <= covered_on, false) and not is_waived and is_employed as is_counted
from facts
