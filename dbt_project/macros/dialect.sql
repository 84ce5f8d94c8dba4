{#-
    Where DuckDB and other SQL engines differ. A model that needs a date difference, month arithmetic, a series or a
    hash calls these, so that moving to another engine means rewriting this file and the materializations.
-#}

{#- Whole days from one date to a later one. -#}
{% macro days_between(first_on, later_on) -%}
    cast(({{ later_on }}) - ({{ first_on }}) as integer)
{%- endmacro %}

{#- A date some days later (or, below zero, earlier); a date, never a timestamp. -#}
{% macro add_days(date_on, days) -%}
    cast(({{ date_on }}) + cast({{ days }} as integer) as date)
{%- endmacro %}

{#- The same day some months later; clamps to the month's end (31 January + 1 = 28 or 29 February). -#}
{% macro add_months(date_on, months) -%}
    cast(({{ date_on }}) + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{#- First day of the month, or of the quarter, that holds a date. -#}
{% macro month_of(date_on) -%}
    cast(date_trunc('month', {{ date_on }}) as date)
{%- endmacro %}

{% macro quarter_of(date_on) -%}
    cast(date_trunc('quarter', {{ date_on }}) as date)
{%- endmacro %}

{#- First day of the month after the one that holds a date. -#}
{% macro next_month_of(date_on) -%}
    cast(last_day({{ date_on }}) + 1 as date)
{%- endmacro %}

{#- A one-column relation with the first day of every month from one month to another, both included. -#}
{% macro month_series(first_month, last_month, column='month') -%}
    (
        select cast(series.step as date) as {{ column }}
        from generate_series(
            cast({{ first_month }} as timestamp), cast({{ last_month }} as timestamp), interval 1 month
        ) as series (step)
    )
{%- endmacro %}

{#- A 64-bit hash, stable only within a run: fit to find candidates for equality, not to identify anything. -#}
{% macro run_hash(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}

{#- The texts of a group, sorted, with commas between. -#}
{% macro sorted_list(column) -%}
    string_agg({{ column }}, ',' order by {{ column }})
{%- endmacro %}

{#- Before and after every date that can occur: bounds for spans without one. -#}
{% macro beginning_of_time() -%}
    date '0001-01-01'
{%- endmacro %}

{% macro end_of_time() -%}
    date '9999-12-31'
{%- endmacro %}

{#- Product, or sum, of an expression over the rows of a group so far, that of the current row included. -#}
{% macro running_product(expression, group, order) -%}
    product({{ expression }}) over (partition by {{ group }} order by {{ order }} rows unbounded preceding)
{%- endmacro %}

{% macro running_sum(expression, group, order) -%}
    sum({{ expression }}) over (partition by {{ group }} order by {{ order }} rows unbounded preceding)
{%- endmacro %}

{#- A one-column relation with the whole numbers from one to another, both included. -#}
{% macro number_series(first, last, column) -%}
    (select cast(series.step as integer) as {{ column }} from generate_series({{ first }}, {{ last }}) as series (step))
{%- endmacro %}

{#- The earliest date of a list that is not before a day; null without one. -#}
{% macro earliest_from(dates, day_on) -%}
    list_min(list_filter({{ dates }}, lambda listed_on: listed_on >= {{ day_on }}))
{%- endmacro %}

{#- Whole months from one date to a later one: the most that can be added to the first without passing the later. -#}
{% macro whole_months_between(first_on, later_on) -%}
    {%- set months -%}
    (
        (extract(year from {{ later_on }}) - extract(year from {{ first_on }})) * 12
        + extract(month from {{ later_on }}) - extract(month from {{ first_on }})
    )
    {%- endset -%}
    cast({{ months }} - case when {{ add_months(first_on, months) }} > {{ later_on }} then 1 else 0 end as integer)
{%- endmacro %}

{#- First day of the year that holds a date. -#}
{% macro year_of(date_on) -%}
    cast(date_trunc('year', {{ date_on }}) as date)
{%- endmacro %}
