-- Grain: certification rule x month in which the clock started x site of that day (rule_id, cohort_month, site_id).
--
-- Who began before anybody would have told that they left is left out: those like them who had left are not known.
with clocks as (
    select started.*
    from {{ ref('int_certification_clocks') }} as started
    left join {{ ref('int_watched_from') }} as watched on started.employee_key = watched.employee_key
    where coalesce(greatest(started.clock_started_on, started.employed_on) >= watched.watched_from_on, true)
),

holders as (
    select
        clocks.rule_id,
        clocks.employee_key,
        clocks.employment_number,
        bool_or(
            held.standing_from_on <= clocks.clock_started_on
            and coalesce(held.standing_until_on > clocks.clock_started_on, true)
        ) as held_at_start,
        bool_or(
            held.issued_on > clocks.clock_started_on
            and held.issued_on >= clocks.employed_on
            and held.issued_on <= clocks.deadline_on
            and held.issued_on < coalesce(clocks.employed_until, {{ end_of_time() }})
        ) as is_in_time,
        bool_or(
            held.issued_on > clocks.clock_started_on
            and held.issued_on >= clocks.employed_on
            and held.issued_on <= clocks.deadline_on
            and held.issued_on < coalesce(clocks.employed_until, {{ end_of_time() }})
            and held.verification = 'primary_source'
        ) as is_primary_source
    from clocks
    inner join {{ ref('int_held_credentials') }} as held
        on clocks.employee_key = held.employee_key and clocks.credential_code = held.counts_as
    where held.standing_from_on is not null
    group by clocks.rule_id, clocks.employee_key, clocks.employment_number
),

-- Without a credentials feed nobody knows who was certified.
feeds as (
    select count(*) > 0 as has_credentials from {{ ref('fct_credentials') }}
),

entrants as (
    select
        clocks.rule_id,
        {{ month_of('clocks.clock_started_on') }} as cohort_month,
        clocks.site_id,
        clocks.deadline_on <= {{ covered_through(['credentials']) }} as is_matured,
        coalesce(holders.is_in_time, false) as is_in_time,
        coalesce(holders.is_primary_source, false) as is_primary_source,
        coalesce(clocks.employed_until <= clocks.deadline_on, false) as left_early,
        clocks.employed_on <= clocks.deadline_on
        and coalesce(clocks.employed_until > clocks.deadline_on, true) as is_there,
        feeds.has_credentials
    from clocks
    cross join feeds
    left join holders
        on clocks.rule_id = holders.rule_id
        and clocks.employee_key = holders.employee_key
        and clocks.employment_number = holders.employment_number
    where not coalesce(holders.held_at_start, false)
),

counts as (
    select
        rule_id,
        cohort_month,
        site_id,
        count(*) as entrants,
        count(case when is_matured then 1 end) as matured,
        case when has_credentials then count(case when is_matured and is_in_time then 1 end) end
            as certified_in_time,
        case when has_credentials then count(case when is_matured and is_primary_source then 1 end) end
            as certified_primary_source,
        case when has_credentials then count(case when is_matured and not is_in_time and left_early then 1 end) end
            as left_uncertified,
        count(case when is_matured and is_there then 1 end) as stayed,
        case when has_credentials then count(case when is_matured and is_there and is_in_time then 1 end) end
            as certified_of_stayed
    from entrants
    group by rule_id, cohort_month, site_id, has_credentials
)

select
    *,
    {{ share('certified_in_time', 'matured', 'certified_in_time_rate') }},
    {{ share('certified_primary_source', 'matured', 'certified_primary_source_rate') }},
    {{ share('certified_of_stayed', 'stayed', 'certified_of_stayed_rate') }},
    matured < 20 as is_unstable
from counts
