-- Grain: an active ladder employee and a credential of a known type with an expiry (employee_key, credential_code).
with clock as (
    select {{ covered_through(['credentials']) }} as as_of_on
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

-- One that was issued later, satisfies it and stands, expired or not, has taken over.
due as (
    select newest.*
    from newest
    left join cycles as successors
        on newest.employee_key = successors.employee_key
        and newest.credential_code = successors.satisfies
        and newest.issued_on < successors.issued_on
    where newest.expires_on is not null and successors.employee_key is null
),

-- A credential that took over and ends with the cycle it replaced goes on with that cycle.
cycle_starts as (
    select
        due.employee_key,
        due.credential_code,
        least(due.issued_on, coalesce(min(replaced.issued_on), due.issued_on)) as counts_from_on
    from due
    left join cycles as replaced
        on due.employee_key = replaced.employee_key
        and due.satisfies = replaced.credential_code
        and due.expires_on = replaced.expires_on
        and due.issued_on > replaced.issued_on
    group by due.employee_key, due.credential_code, due.issued_on
),

credits as (
    select due.employee_key, due.credential_code, credits.topic, credits.audience, credits.hours
    from due
    inner join cycle_starts
        on due.employee_key = cycle_starts.employee_key and due.credential_code = cycle_starts.credential_code
    inner join {{ ref('fct_ce_credits') }} as credits
        on due.employee_key = credits.employee_key
        and credits.earned_on between cycle_starts.counts_from_on and due.expires_on
    where credits.is_accepted
),

earned as (
    {{ most_hours('credits', ['employee_key', 'credential_code']) }}
),

-- Rounded, because ten times a tenth of an hour comes to a little less than one, and is not short of it.
short_rules as (
    select
        due.employee_key,
        due.credential_code,
        concat_ws('/', rules.topic, rules.audience) as asked
    from due
    inner join {{ ref('dim_ce_rules') }} as rules on due.credential_code = rules.credential_code
    left join credits
        on due.employee_key = credits.employee_key
        and due.credential_code = credits.credential_code
        and (rules.topic is null or rules.topic = credits.topic)
        and (rules.audience is null or rules.audience = credits.audience)
    group by due.employee_key, due.credential_code, rules.topic, rules.audience, rules.min_hours
    having round(coalesce(sum(credits.hours), 0), 6) < rules.min_hours
),

short_topics as (
    select employee_key, credential_code, {{ sorted_list('asked') }} as topics
    from short_rules
    group by employee_key, credential_code
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
    cycle_starts.counts_from_on,
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
inner join cycle_starts
    on due.employee_key = cycle_starts.employee_key and due.credential_code = cycle_starts.credential_code
left join earned on due.employee_key = earned.employee_key and due.credential_code = earned.credential_code
left join short_topics
    on due.employee_key = short_topics.employee_key and due.credential_code = short_topics.credential_code
