-- Grain: a figure of a past month that the last release gave otherwise (month, site_id, figure).
--
-- A month that the last release did not have is new, not restated. In one that it had, a site without a figure had
-- nobody.
with previous as (
    select * from {{ source('control', 'previous_month_figures') }}
),

compared as (
    select
        coalesce(figures.month, previous.month) as month,
        coalesce(figures.site_id, previous.site_id) as site_id,
        coalesce(figures.figure, previous.figure) as figure,
        coalesce(previous.value, 0) as previous_value,
        coalesce(figures.value, 0) as value
    from {{ ref('month_figures') }} as figures
    full join previous
        on figures.month = previous.month
        and figures.site_id is not distinct from previous.site_id
        and figures.figure = previous.figure
)

select
    month,
    site_id,
    figure,
    previous_value,
    value,
    value - previous_value as difference
from compared
where
    value != previous_value
    and month in (select previous.month from previous)
    and {{ next_month_of('month') }} <= {{ add_days(as_of_on(), 1) }}
