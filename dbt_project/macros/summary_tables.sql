{#- Where and when a row of a summary table is about. -#}
{% macro summary_place(cells, has_tier=true) -%}
    {{ cells }}.level,
    {{ cells }}.region,
    {{ cells }}.site_id{% if has_tier %},
    {{ cells }}.tier{% endif %}
{%- endmacro %}


{#- A month's or a year's row says which it is. -#}
{% macro summary_period(cells) -%}
    case {{ cells }}.period when 'slice' then 'month' else 'year' end as period,
    {{ cells }}.starts_on
{%- endmacro %}


{#- A count where it is shown. -#}
{% macro summary_count(cells, count) -%}
    cast(case when not {{ cells }}.is_hidden then {{ cells }}.{{ count }} end as bigint)
{%- endmacro %}


{#- What rates are made of: nothing where fewer than 10 people are behind them. -#}
{% macro summary_rated(cells, count) -%}
    cast(case when not {{ cells }}.is_hidden and {{ cells }}.people >= 10 then {{ cells }}.{{ count }} end as bigint)
{%- endmacro %}


{#-
    Whether a row's counts are hidden, and why: one reason for all, because to say which cells have few people and
    which only keep them company would tell of both.
-#}
{% macro summary_hidden(cells) -%}
    {{ cells }}.is_hidden,
    case
        when {{ cells }}.is_hidden then 'Fewer than 5 people, or a cell from which the figures of fewer than 5 would follow.'
    end as hidden_because
{%- endmacro %}


{#- A count over the twelve months that end with a row's, where all twelve are shown. -#}
{% macro summary_last_12(count) -%}
    case when count({{ count }}) over last_12 = 12 then sum({{ count }}) over last_12 end
{%- endmacro %}


{% macro summary_window_12() -%}
    window last_12 as (
        partition by period, level, region, site_id, tier
        order by starts_on range between interval 11 months preceding and current row
    )
{%- endmacro %}
