-- Grain: an unbroken run of days of a tier spell on which the requirements of a tier that it could lead or did lead to
-- stood alike (employee_key, spell_number, to_tier, started_on).
--
-- No calendar of days: a requirement that comes into force or goes, is met or no longer, changes a count by one on
-- that day, and the running sums of these changes are the state.
with asked as (
    select asked.*, kinds.has_data
    from {{ ref('int_requirements_asked') }} as asked
    left join {{ ref('int_requirement_kinds') }} as kinds on asked.kind = kinds.kind
),

questions as (
    select distinct employee_key, spell_number, from_tier, to_tier, is_reachable, asked_from, asked_until, is_open
    from asked
),

changes as (
    select employee_key, spell_number, to_tier, asked_from as from_on, 0 as total, 0 as unknown, 0 as met, 1 as starts
    from questions
    union all
    select
        employee_key,
        spell_number,
        to_tier,
        in_force_from as from_on,
        1 as total,
        case when has_data then 0 else 1 end as unknown,
        0 as met,
        0 as starts
    from asked
    where requirement_id is not null
    union all
    select
        employee_key,
        spell_number,
        to_tier,
        in_force_until as from_on,
        -1 as total,
        case when has_data then 0 else -1 end as unknown,
        0 as met,
        0 as starts
    from asked
    where requirement_id is not null
    union all
    select employee_key, spell_number, to_tier, started_on as from_on, 0 as total, 0 as unknown, 1 as met, 0 as starts
    from {{ ref('int_requirement_spells') }}
    union all
    select employee_key, spell_number, to_tier, ended_on as from_on, 0 as total, 0 as unknown, -1 as met, 0 as starts
    from {{ ref('int_requirement_spells') }}
),

days as (
    select
        employee_key,
        spell_number,
        to_tier,
        from_on,
        sum(total) as total,
        sum(unknown) as unknown,
        sum(met) as met
    from changes
    group by employee_key, spell_number, to_tier, from_on
    having sum(starts) > 0 or sum(total) != 0 or sum(unknown) != 0 or sum(met) != 0
),

states as (
    select
        employee_key,
        spell_number,
        to_tier,
        from_on,
        sum(total) over so_far as total,
        sum(unknown) over so_far as unknown,
        sum(met) over so_far as met
    from days
    window so_far as (partition by employee_key, spell_number, to_tier order by from_on)
),

spells as (
    select
        questions.*,
        states.from_on as started_on,
        coalesce(
            lead(states.from_on) over (
                partition by questions.employee_key, questions.spell_number, questions.to_tier
                order by states.from_on
            ),
            questions.asked_until
        ) as ended_on,
        states.total,
        case when states.unknown = 0 then states.met end as met,
        case when states.total > 0 and states.unknown = 0 then states.met = states.total end as is_ready
    from states
    inner join questions
        on states.employee_key = questions.employee_key
        and states.spell_number = questions.spell_number
        and states.to_tier = questions.to_tier
    where states.from_on < questions.asked_until
),

feeds as (
    select count(*) > 0 as has_requirements from {{ ref('dim_tier_requirements') }}
)

select
    spells.employee_key,
    cast(spells.spell_number as integer) as spell_number,
    spells.from_tier,
    spells.to_tier,
    spells.is_reachable,
    spells.started_on,
    case when not spells.is_open or spells.ended_on < spells.asked_until then spells.ended_on end as ended_on,
    case when feeds.has_requirements then cast(spells.met as integer) end as requirements_met,
    case when feeds.has_requirements then cast(spells.total as integer) end as requirements_total,
    spells.is_ready,
    case
        when spells.is_ready
            then
                coalesce(
                    max(case when spells.is_ready then null else spells.ended_on end) over (
                        partition by spells.employee_key, spells.spell_number, spells.to_tier
                        order by spells.started_on rows unbounded preceding
                    ),
                    spells.asked_from
                )
    end as ready_on
from spells
cross join feeds
