-- Grain: an assumption of the cost and benefit figures (name). Where the roi_assumptions feed says nothing, the
-- product's own default stands in and is marked as such.
with defaults as (
    select
        cast(assumption.name as varchar) as name,
        cast(assumption.low as double) as low,
        cast(assumption.central as double) as central,
        cast(assumption.high as double) as high
    from (
        values
        ('replacement_cost', 6000, 9000, 20000),
        ('benefits_load', 0.2, 0.25, 0.3),
        ('exam_fee', 129, 129, 129),
        ('mentor_hours_per_month', 2, 4, 6),
        ('external_fill_cost', 4000, 4700, 6000),
        ('internal_fill_cost', 500, 1300, 2000)
    ) as assumption (name, low, central, high)
),

stated as (
    select name, low, central, high, stated_source
    from {{ ref('stg_program__roi_assumptions') }}
    qualify {{ is_newest('name') }}
)

select
    coalesce(stated.name, defaults.name) as name,
    coalesce(stated.low, defaults.low) as low,
    coalesce(stated.central, defaults.central) as central,
    coalesce(stated.high, defaults.high) as high,
    coalesce(stated.stated_source, 'RxLadder default') as stated_source,
    stated.name is null as is_default
from defaults
full join stated on defaults.name = stated.name
