-- The incidences of the three ways out of a tier and the share still in it make 1 on every day of a curve; a sum above
-- it is the mark of risks that were estimated one by one, as if the others did not exist.
select tier, days
from {{ ref('tier_tenure_curve') }}
where abs(promoted_incidence + separated_incidence + other_incidence + still_in_tier - 1) > 1e-9
