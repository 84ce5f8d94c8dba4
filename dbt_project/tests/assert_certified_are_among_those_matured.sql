-- Of those whose deadline has come, nobody is both certified in time and gone uncertified; and nobody's deadline has
-- come who never entered. The two shares shown side by side rest on it.
select *
from {{ ref('certification_by_cohort') }}
where
    matured > entrants
    or certified_in_time + left_uncertified > matured
    or certified_primary_source > certified_in_time
