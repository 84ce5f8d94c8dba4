-- The readiness of a spell for a tier covers each of its days once, and the first day in the new tier where it ended in
-- a promotion to that tier. A day missed or counted twice would move ready_on, and with it who is said to be waiting.
with covered as (
    select
        employee_key,
        spell_number,
        to_tier,
        sum({{ days_between('started_on', 'coalesce(ended_on, ' ~ add_days(as_of_on(), 1) ~ ')') }}) as days,
        count(case when ended_on <= started_on then 1 end) as empty_spells
    from {{ ref('fct_readiness_spells') }}
    group by employee_key, spell_number, to_tier
)

select covered.*, spells.days as spell_days
from covered
left join {{ ref('fct_tier_spells') }} as spells
    on covered.employee_key = spells.employee_key and covered.spell_number = spells.spell_number
where
    covered.empty_spells > 0
    or covered.days is distinct from
    spells.days + case when spells.end_reason = 'promoted' and spells.next_tier = covered.to_tier then 1 else 0 end
