-- What the whole organisation spent is shared out, never multiplied: the direct line holds at most what was spent.
with totals as (
    select
        (
            select sum(amount_usd)
            from {{ ref('program_costs_by_month') }}
            where line = 'direct'
        ) as placed_usd,
        (select sum(amount_usd) from {{ ref('fct_program_costs') }}) as spent_usd
)

select *
from totals
where placed_usd > spent_usd + 0.01
