-- Grain: a key figure of a site in a month that has ended (month, site_id, figure).
{%- set figures = {
    'closing_headcount': 'closing',
    'hires': 'hires',
    'separations_voluntary': 'separations_voluntary',
    'separations_involuntary': 'separations_involuntary',
    'separations_other': 'separations_other',
    'separations_unknown': 'separations_unknown',
    'promotions': 'promotions_in',
} %}
with totals as (
    select
        {%- for figure, column in figures.items() %}
        cast(sum(walk.{{ column }}) as double) as {{ figure }},
        {%- endfor %}
        walk.month,
        walk.site_id
    from {{ ref('headcount_walk_by_month') }} as walk
    inner join {{ ref('dim_months') }} as months on walk.month = months.month
    where months.is_complete
    group by walk.month, walk.site_id
)

{% for figure in figures -%}
select month, site_id, '{{ figure }}' as figure, {{ figure }} as value
from totals
{{ 'union all' if not loop.last }}
{% endfor %}
