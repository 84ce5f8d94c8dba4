{#-
    The most hours that a credential's rules let count: a query with the columns of `group` and hours.

    `credits` has the columns of `group` (credential_code among them), topic, audience and hours. A rule with a max_hours
    caps the hours of a topic, of an audience, or of a topic made for an audience; where caps meet, as many hours count as
    satisfy all of them. Hours flow from topics to audiences, so that by the theorem of the maximum flow this is the
    least, over the audiences that one may take to be full, of: the caps of those audiences, and for each topic its cap
    or, where that is less, what it has for the other audiences. Rounded: ten times a tenth of an hour is an hour.
-#}
{% macro most_hours(credits, group) -%}
    {%- set columns = group | join(', ') -%}
    {%- set audiences = ['technician', 'pharmacist'] -%}
    with caps as (
        select credential_code, topic, audience, max_hours
        from {{ ref('dim_ce_rules') }}
        where max_hours is not null
    ),

    cells as (
        select {{ columns }}, topic, audience, sum(hours) as hours
        from {{ credits }}
        group by {{ columns }}, topic, audience
    ),

    capped_cells as (
        select cells.* exclude (hours), least(cells.hours, coalesce(caps.max_hours, cells.hours)) as hours
        from cells
        left join caps
            on cells.credential_code = caps.credential_code
            and cells.topic = caps.topic
            and cells.audience = caps.audience
    ),

    topics as (
        select
            {{ columns }},
            topic,
            {%- for audience in audiences %}
            sum(case when audience = '{{ audience }}' then hours else 0 end) as {{ audience }}_hours,
            {%- endfor %}
            sum(case when audience is null then hours else 0 end) as other_hours
        from capped_cells
        group by {{ columns }}, topic
    ),

    cuts as (
        {%- for full in [[], ['technician'], ['pharmacist'], ['technician', 'pharmacist']] %}
        select
            topics.*,
            topics.other_hours
            {%- for audience in audiences if audience not in full %} + topics.{{ audience }}_hours{% endfor %} as hours,
            {{ full | length }} as full_audiences,
            '{{ full | join(",") }}' as full_names
        from topics
        {{- ' union all' if not loop.last }}
        {%- endfor %}
    ),

    sums as (
        select
            {{ columns_of('cuts', group) }},
            cuts.full_audiences,
            cuts.full_names,
            sum(least(cuts.hours, coalesce(caps.max_hours, cuts.hours))) as hours
        from cuts
        left join caps
            on cuts.credential_code = caps.credential_code and cuts.topic = caps.topic and caps.audience is null
        group by {{ columns_of('cuts', group) }}, cuts.full_audiences, cuts.full_names
    ),

    bounded as (
        select
            {{ columns_of('sums', group) }},
            sums.hours + coalesce(sum(caps.max_hours), 0) as hours,
            count(caps.max_hours) = sums.full_audiences as has_caps
        from sums
        left join caps
            on sums.credential_code = caps.credential_code
            and caps.topic is null
            and contains(sums.full_names, caps.audience)
        group by {{ columns_of('sums', group) }}, sums.hours, sums.full_audiences, sums.full_names
    )

    select {{ columns }}, round(min(hours), 6) as hours
    from bounded
    where has_caps
    group by {{ columns }}
{%- endmacro %}


{#- Columns of a relation, with its name before each. -#}
{% macro columns_of(relation, columns) -%}
    {%- for column in columns %}{{ relation }}.{{ column }}{{ ', ' if not loop.last }}{% endfor -%}
{%- endmacro %}
