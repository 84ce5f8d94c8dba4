-- In every cell and month opening + in - out - separations = closing, and closing = the next opening; a cell that is
-- left out in a month has nobody. A walk that does not close has lost or invented people.
with walk as (
    select
        *,
        lag(closing) over in_cell as closing_before,
        lag(month) over in_cell as month_before,
        lead(month) over in_cell as next_month
    from {{ ref('headcount_walk_by_month') }}
    window in_cell as (partition by site_id, tier, employment_class order by month)
)

select month, site_id, tier, employment_class
from walk
where
    opening + hires + promotions_in + other_moves_in - promotions_out - other_moves_out
    - separations_voluntary - separations_involuntary - separations_other - separations_unknown != closing
    or opening != coalesce(closing_before, 0)
    or (month_before < {{ add_months('month', -1) }} and opening != 0)
    or (next_month is null and closing != 0 and month < {{ month_of(as_of_on()) }})
    or least(opening, closing, person_days) < 0
