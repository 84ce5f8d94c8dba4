-- Grain: an active ladder employee and a credential of a known type with an expiry (employee_key, credential_code).
with clock as (
    select as_of_on from {{ source('control', 'run') }}
),

-- Cycles that stand, whether or not they have expired.
cycles as (
    select credentials.*, types.satisfies, types.ce_hours
    from {{ ref('fct_credentials') }} as credentials
    inner join {{ ref('dim_employees') }} as employees on credentials.employee_key = employees.employee_key
    inner join {{ ref('dim_credential_types') }} as types
        on credentials.credential_code = types.credential_code
    cross join clock
    where
        employees.is_active
        and employees.tier is not null
        and credentials.standing_from_on is not null
        and not coalesce(credentials.status = 'revoked' and credentials.status_on <= clock.as_of_on, false)
),

newest as (
    select *
    from cycles
    qualify row_number() over (
            partition by employee_key, credential_code order by issued_on desc, expires_on desc nulls first
        ) = 1
),

due as (
    select newest.*
    from newest
    left join cycles as successors
        on newest.employee_key = successors.employee_key
        and newest.credential_code = successors.satisfies
        and newest.issued_on < successors.issued_on
        and coalesce(successors.expires_on >= {{ as_of_on() }}, true)
    where newest.expires_on is not null and successors.employee_key is null
),

-- Rounded, because ten times a tenth of an hour comes to a little less than one, and is not short of it.
hours_by_topic as (
    select due.employee_key, due.credential_code, credits.topic, round(sum(credits.hours), 6) as hours
    from due
    inner join {{ ref('fct_ce_credits') }} as credits
        on due.employee_key = credits.employee_key
        and credits.earned_on between due.issued_on and due.expires_on
    where credits.is_accepted
    group by due.employee_key, due.credential_code, credits.topic
),

earned as (
    select
        hours.employee_key,
        hours.credential_code,
        round(sum(least(hours.hours, coalesce(rules.max_hours, hours.hours))), 6) as hours
    from hours_by_topic as hours
    left join {{ ref('dim_ce_rules') }} as rules
        on hours.credential_code = rules.credential_code and hours.topic = rules.topic
    group by hours.employee_key, hours.credential_code
),

short_topics as (
    select due.employee_key, due.credential_code, {{ sorted_list('rules.topic') }} as topics
    from due
    inner join {{ ref('dim_ce_rules') }} as rules on due.credential_code = rules.credential_code
    left join hours_by_topic as hours
        on due.employee_key = hours.employee_key
        and due.credential_code = hours.credential_code
        and rules.topic = hours.topic
    where coalesce(hours.hours, 0) < rules.min_hours
    group by due.employee_key, due.credential_code
),

-- Without a ce_credits feed nobody knows what was earned.
feeds as (
    select count(*) > 0 as has_credits from {{ ref('fct_ce_credits') }}
)

select
    due.employee_key,
    due.credential_code,
    due.issued_on,
    due.expires_on,
    {{ days_between('clock.as_of_on', 'due.expires_on') }} as days_to_expiry,
    case when feeds.has_credits then coalesce(earned.hours, 0) end as ce_hours_earned,
    case
        when feeds.has_credits and due.ce_hours is not null
            then greatest(due.ce_hours - coalesce(earned.hours, 0), 0)
    end as ce_hours_short,
    case when feeds.has_credits then short_topics.topics end as ce_topics_short,
    clock.as_of_on <= {{ add_days('due.expires_on', 60) }} as is_provisional,
    case
        when due.expires_on < clock.as_of_on then 'lapsed'
        when due.expires_on <= {{ add_days('clock.as_of_on', 90) }} then 'due'
        else 'current'
    end as status
from due
cross join clock
cross join feeds
left join earned on due.employee_key = earned.employee_key and due.credential_code = earned.credential_code
left join short_topics
    on due.employee_key = short_topics.employee_key and due.credential_code = short_topics.credential_code
