{#- Whether any source names people by work e-mail. -#}
{% macro has_email_sources() -%}
    {%- if not execute -%}{{ return(true) }}{%- endif -%}
    {{ return(run_query(
        "select count(*) > 0 as is_so from " ~ source('control', 'persons') ~ " where persons = 'work_email'"
    ).rows[0]['is_so']) }}
{%- endmacro %}


{#-
    CTEs that end in `held`: whose a work e-mail is on which days (email, employee_key, from_on, until_on), for those days
    on which that is known (int_person_matches).

    Having an address is a span: from the day on which somebody is first seen with it, to the day on which they are seen
    with another one or none; lists of who is employed also say so by no longer having somebody on them. Of addresses
    that several people had, the days are cut at every day on which anything about any of them changes.
-#}
{% macro email_holders() -%}
told as (
    select
        emails.email,
        keys.employee_key,
        cast(batches.landed_at as date) as from_on,
        lead(cast(batches.landed_at as date)) over (
            partition by emails.source, emails.employee_id order by emails.batch_seq
        ) as until_on
    from {{ ref('stg_hr__employee_emails') }} as emails
    inner join {{ source('control', 'batches') }} as batches on emails.batch_seq = batches.batch_seq
    inner join {{ ref('int_employee_keys') }} as keys on emails.employee_id = keys.employee_id
),

lists as (
    select source, as_of_on, lead(as_of_on) over (partition by source order by as_of_on) as next_list_on
    from {{ ref('stg_hr__roster') }}
    group by source, as_of_on
),

listed as (
    select
        lower(trim(lines.work_email)) as email,
        lines.employee_key,
        lines.as_of_on as from_on,
        lists.next_list_on as until_on
    from {{ ref('stg_hr__roster') }} as lines
    inner join lists on lines.source = lists.source and lines.as_of_on = lists.as_of_on
    where coalesce(lines.terminated_on >= lines.as_of_on, true)
),

holdings as (
    select email, employee_key, from_on, until_on from told where email is not null
    union all
    select email, employee_key, from_on, until_on from listed where email is not null
),

holders as (
    select
        email,
        employee_key,
        min(from_on) as first_on,
        count(*) over (partition by email) > 1 as is_shared
    from holdings
    group by email, employee_key
),

-- Until a second one is seen with it, an address was the first one's, also before that was seen.
shared_holders as (
    select
        *,
        rank() over (partition by email order by first_on) = 1
        and count(*) over (partition by email, first_on) = 1 as is_earliest
    from holders
    where is_shared
),

shared_holdings as (
    select
        holdings.email,
        holdings.employee_key,
        case
            when holders.is_earliest and holdings.from_on = holders.first_on then {{ beginning_of_time() }}
            else holdings.from_on
        end as from_on,
        holdings.until_on
    from holdings
    inner join shared_holders as holders
        on holdings.email = holders.email and holdings.employee_key = holders.employee_key
),

roles as (
    {{ job_roles(
        "(select * from " ~ ref('stg_hr__job_history')
        ~ " where employee_key in (select employee_key from shared_holders))",
        end_of_time()
    ) }}
),

employed as (
    select
        employee_key,
        min(counts_on) as from_on,
        {{ add_days("max(case when role = 'ends' then counts_on end)", 1) }} as until_on
    from roles
    where employment_number is not null
    group by employee_key, employment_number
),

days as (
    select email, from_on as on_day from shared_holdings
    union
    select email, until_on as on_day from shared_holdings where until_on is not null
    union
    select holders.email, employed.from_on as on_day
    from shared_holders as holders
    inner join employed on holders.employee_key = employed.employee_key
    union
    select holders.email, employed.until_on as on_day
    from shared_holders as holders
    inner join employed on holders.employee_key = employed.employee_key
    where employed.until_on is not null
    union
    select email, {{ beginning_of_time() }} as on_day from shared_holders
),

known as (
    select
        days.email,
        days.on_day,
        holders.employee_key,
        coalesce(bool_or(
            shared_holdings.from_on <= days.on_day and coalesce(days.on_day < shared_holdings.until_on, true)
        ), false) as has_it,
        coalesce(bool_or(shared_holdings.until_on <= days.on_day), false) as had_it
    from days
    inner join shared_holders as holders on days.email = holders.email
    left join shared_holdings
        on days.email = shared_holdings.email and holders.employee_key = shared_holdings.employee_key
    group by days.email, days.on_day, holders.employee_key
),

claims as (
    select
        known.*,
        employed.employee_key is not null and (known.has_it or not known.had_it) as may_be
    from known
    left join employed
        on known.employee_key = employed.employee_key
        and known.on_day >= employed.from_on
        and coalesce(known.on_day < employed.until_on, true)
),

verdicts as (
    select
        email,
        on_day,
        case
            when count(case when may_be then 1 end) = 1 then max(case when may_be then employee_key end)
            when count(case when may_be then 1 end) > 1 and count(case when may_be and has_it then 1 end) = 1
                then max(case when may_be and has_it then employee_key end)
            when count(case when may_be then 1 end) = 0 and count(case when has_it then 1 end) = 1
                then max(case when has_it then employee_key end)
        end as employee_key,
        lead(on_day) over (partition by email order by on_day) as until_on
    from claims
    group by email, on_day
),

held as (
    select email, employee_key, {{ beginning_of_time() }} as from_on, cast(null as date) as until_on
    from holders
    where not is_shared
    union all
    select email, employee_key, on_day as from_on, until_on
    from verdicts
    where employee_key is not null
)
{%- endmacro %}
