-- Separations and promotions of the walk are those of the event tables, month by month: both are shown side by side,
-- and the walk finds them by another way.
with walk as (
    select
        month,
        sum(separations_voluntary) as voluntary,
        sum(separations_involuntary) as involuntary,
        sum(separations_other) as other,
        sum(separations_unknown) as unknown,
        sum(promotions_in) as promotions_in,
        sum(promotions_out) as promotions_out
    from {{ ref('headcount_walk_by_month') }}
    group by month
),

events as (
    select {{ month_of('last_day_on') }} as month, separation_type as kind
    from {{ ref('fct_separations') }}
    where tier is not null
    union all
    select {{ month_of('promoted_on') }} as month, 'promotion' as kind
    from {{ ref('fct_promotions') }}
),

counted as (
    select
        month,
        count(case when kind = 'voluntary' then 1 end) as voluntary,
        count(case when kind = 'involuntary' then 1 end) as involuntary,
        count(case when kind = 'other' then 1 end) as other,
        count(case when kind = 'unknown' then 1 end) as unknown,
        count(case when kind = 'promotion' then 1 end) as promotions
    from events
    group by month
)

select coalesce(walk.month, counted.month) as month
from walk
full join counted on walk.month = counted.month
where
    coalesce(walk.voluntary, 0) != coalesce(counted.voluntary, 0)
    or coalesce(walk.involuntary, 0) != coalesce(counted.involuntary, 0)
    or coalesce(walk.other, 0) != coalesce(counted.other, 0)
    or coalesce(walk.unknown, 0) != coalesce(counted.unknown, 0)
    or coalesce(walk.promotions_in, 0) != coalesce(counted.promotions, 0)
    or coalesce(walk.promotions_out, 0) != coalesce(counted.promotions, 0)
