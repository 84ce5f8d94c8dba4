-- Every assignment that counts is in one month, site and category, and no other is: cells with a null site or category
-- are the ones that a join loses.
with totals as (
    select
        (select sum(assignments_due) from {{ ref('training_completion_by_month') }}) as due_by_month,
        (
            select count(*)
            from {{ ref('fct_training_assignments') }}
            where is_counted
        ) as counted
)

select *
from totals
where coalesce(due_by_month, 0) != counted
