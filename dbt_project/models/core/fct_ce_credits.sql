-- Grain: a continuing-education credit earned by as_of_on; its title stays in the source. What two sources tell of
-- counts once, as the earlier one has it.
select
    credits.employee_key,
    credits.earned_on,
    credits.hours,
    credits.topic,
    credits.audience,
    credits.is_accepted,
    credits.provider
from {{ ref('stg_credentials__ce_credits') }} as credits
left join {{ ref('int_ce_duplicates') }} as duplicates
    on credits.source = duplicates.source and credits.record_key = duplicates.record_key
where credits.earned_on <= {{ as_of_on() }} and duplicates.source is null
