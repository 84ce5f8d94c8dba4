-- Grain: a tier and a number of days at which a spell in it ended or was last seen (tier, days).
with {{ tenure_curves(ref('fct_tier_spells'), ['tier']) }}

select
    tier,
    days,
    cast(at_risk as bigint) as at_risk,
    promoted,
    separated,
    other,
    spells - promoted - separated - other as censored,
    promoted_incidence,
    survival_low(promoted_incidence, promoted_variance) as promoted_incidence_low,
    survival_high(promoted_incidence, promoted_variance) as promoted_incidence_high,
    separated_incidence,
    survival_low(separated_incidence, separated_variance) as separated_incidence_low,
    survival_high(separated_incidence, separated_variance) as separated_incidence_high,
    other_incidence,
    still_in_tier,
    not_promoted_if_nobody_left,
    survival_low(not_promoted_if_nobody_left, not_promoted_variance) as not_promoted_if_nobody_left_low,
    survival_high(not_promoted_if_nobody_left, not_promoted_variance) as not_promoted_if_nobody_left_high
from curves
