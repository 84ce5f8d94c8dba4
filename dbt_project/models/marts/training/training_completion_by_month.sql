-- Grain: month of the due date x site x category of course (month, site_id, category).
--
-- A month in which everything was waived, excused or taken back has its row too, with nothing due and no rate.
with clock as (
    select {{ covered_through(training_feeds()) }} as covered_on
),

due as (
    select
        assignments.*,
        {{ month_of('assignments.first_due_on') }} as month,
        assignments.first_due_on <= clock.covered_on as is_told
    from {{ ref('fct_training_assignments') }} as assignments
    cross join clock
    where assignments.is_required and assignments.first_due_on <= {{ as_of_on() }}
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
        count(case when status = 'waived' and is_told then 1 end) as waived,
        count(case when status = 'excused' and is_told then 1 end) as excused,
        count(case when is_counted and due_on is distinct from first_due_on then 1 end) as due_moved
    from due
    group by month, site_id, category
    -- A month after the last covered day has rows too, with nothing counted and no rate.
    having count(case when is_counted or status in ('waived', 'excused') or not is_told then 1 end) > 0
),

-- Without a completions feed nobody knows what was completed.
feeds as (
    select count(*) > 0 as has_completions from {{ ref('fct_completions') }}
),

-- Both sides of the join hold their own keys: a month may have removed records and nothing else.
joined as (
    select
        coalesce(counts.month, removed.month) as month,
        coalesce(counts.site_id, removed.site_id) as site_id,
        coalesce(counts.category, removed.category) as category,
        {%- for count in ['assignments_due', 'waived', 'excused', 'due_moved'] %}
        coalesce(counts.{{ count }}, 0) as {{ count }},
        {%- endfor %}
        {%- for count in ['completed', 'completed_on_time', 'completed_within_30_days'] %}
        case when feeds.has_completions then coalesce(counts.{{ count }}, 0) end as {{ count }},
        {%- endfor %}
        coalesce(removed.removed, 0) as removed
    from counts
    full join removed
        on counts.month = removed.month
        and counts.site_id is not distinct from removed.site_id
        and counts.category is not distinct from removed.category
    cross join feeds
)

select
    joined.*,
    {{ share('joined.completed', 'joined.assignments_due', 'completed_rate') }},
    {{ share('joined.completed_on_time', 'joined.assignments_due', 'completed_on_time_rate') }},
    {{ share('joined.completed_within_30_days', 'joined.assignments_due', 'completed_within_30_days_rate') }},
    joined.assignments_due < 20 as is_unstable,
    joined.month <= clock.covered_on as is_covered
from joined
cross join clock
