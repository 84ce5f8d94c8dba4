-- Grain: site x skill (site_id, skill_id), over the active ladder employees as of as_of_on.
select
    site_id,
    skill_id,
    count(*) as employees,
    case when count(status) > 0 then count(case when status in ('current', 'expiring') then 1 end) end as qualified,
    count(case when is_required then 1 end) as needed,
    case
        when count(status) > 0
            then count(case when status in ('current', 'expiring') then 1 end) = 1
                and count(case when is_required then 1 end) > 0
    end as is_single_point_of_failure
from {{ ref('training_matrix') }}
group by site_id, skill_id
