-- Grain: month of the due date x site x category of course with assignments that count (month, site_id, category).
with due as (
    select
        *,
        {{ month_of('first_due_on') }} as month
    from {{ ref('fct_training_assignments') }}
    where is_required and first_due_on <= {{ as_of_on() }}
),

removed as (
    select {{ month_of('first_due_on') }} as month, site_id, category, count(*) as removed
    from {{ ref('fct_removed_assignments') }}
    where is_required and first_due_on <= {{ as_of_on() }}
    group by all
),

counts as (
    select
        month,
        site_id,
        category,
        count(case when is_counted then 1 end) as assignments_due,
        count(case when is_counted then completed_on end) as completed,
        count(case when is_counted and status = 'completed_on_time' then 1 end) as completed_on_time,
        count(case when is_counted and completed_on <= {{ add_days('first_due_on', 30) }} then 1 end)
            as completed_within_30_days,
        count(case when status = 'waived' then 1 end) as waived,
        count(case when status = 'excused' then 1 end) as excused,
        count(case when is_counted and due_on is distinct from first_due_on then 1 end) as due_moved
    from due
    group by month, site_id, category
    having count(case when is_counted then 1 end) > 0
)

select
    counts.*,
    {{ share('counts.completed', 'counts.assignments_due', 'completed_rate') }},
    {{ share('counts.completed_on_time', 'counts.assignments_due', 'completed_on_time_rate') }},
    {{ share('counts.completed_within_30_days', 'counts.assignments_due', 'completed_within_30_days_rate') }},
    counts.assignments_due < 20 as is_unstable,
    coalesce(removed.removed, 0) as removed
from counts
left join removed
    on counts.month = removed.month
    and counts.site_id is not distinct from removed.site_id
    and counts.category is not distinct from removed.category
