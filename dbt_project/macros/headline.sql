{#-
    The figures of the overview and what each is: a rate (events per person-year), a share or an amount
    (people, dollars). Everything that headline_by_month says of each figure is made from this list.
-#}
{% macro headline_figures() -%}
    {{ return({
        'voluntary_turnover_rate_12m': 'rate',
        'promotion_rate_12m': 'rate',
        'promoted_within_365': 'share',
        'completed_on_time_rate': 'share',
        'certified_in_time_rate': 'share',
        'ready_waiting_over_90': 'amount',
        'net_benefit_usd': 'amount',
    }) }}
{%- endmacro %}


{#-
    A figure's events (or members) and what they are counted against, by month and site; site_id null = all sites.
    `counted` is a relation with month, site_id, events and base; `months` further back than one are summed. Months after
    the one that holds the day `through` have no figure.
-#}
{% macro headline_figure(metric, counted, months=1, through=none) -%}
    select
        months.month,
        counted.site_id,
        grouping(counted.site_id) = 1 as is_all,
        '{{ metric }}' as metric,
        cast(sum(counted.events) as double) as events,
        cast(sum(counted.base) as double) as base
    from {{ counted }} as counted
    inner join months
        {%- if months == 1 %}
        on months.month = counted.month
        {%- else %}
        on counted.month <= months.month
        and counted.month > {{ add_months('months.month', -months) }}
        {%- endif %}
    {%- if through %}
    where months.month <= {{ through }}
    {%- endif %}
    group by grouping sets ((months.month), (months.month, counted.site_id))
{%- endmacro %}


{#- The names of the figures of a kind, as a SQL list. -#}
{% macro figures_that_are(kind) -%}
    {%- set names = [] -%}
    {%- for name, its_kind in headline_figures().items() if its_kind == kind %}{% do names.append("'" ~ name ~ "'") %}{% endfor -%}
    ({{ names | join(', ') }})
{%- endmacro %}


{#- The figures side by side: each with what it rests on, its interval, the year before and the target. -#}
{% macro headline_columns() -%}
    {%- for metric, kind in headline_figures().items() %}
    max(case when metric = '{{ metric }}' then figure end) as {{ metric }},
    {%- if kind in ('rate', 'share') %}
    max(case when metric = '{{ metric }}' then figure_low end) as {{ metric }}_low,
    max(case when metric = '{{ metric }}' then figure_high end) as {{ metric }}_high,
    max(case when metric = '{{ metric }}' then events end) as {{ metric }}_events,
    max(case when metric = '{{ metric }}' then base end) as {{ metric }}_base,
    {%- endif %}
    max(case when metric = '{{ metric }}' then year_before end) as {{ metric }}_year_before,
    max(case when metric = '{{ metric }}' then target end) as {{ metric }}_target{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
