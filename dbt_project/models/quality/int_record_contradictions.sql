-- Grain: a record other than a job row that contradicts itself or others (kind, employee_key, subject, effective_on).
{{ config(materialized='view', database='build', schema='staging', contract={'enforced': false}) }}

-- Managers as of as_of_on, walked upwards from everybody who manages somebody.
with recursive managed as (
    select employee_key, manager_key
    from {{ ref('dim_employees') }}
    where manager_key is not null
),

walks as (
    select managed.employee_key, managed.manager_key as reached_key, 1 as steps
    from managed
    where managed.employee_key in (select managers.manager_key from managed as managers)
    union all
    select walks.employee_key, managed.manager_key as reached_key, walks.steps + 1 as steps
    from walks
    inner join managed on walks.reached_key = managed.employee_key
    where walks.reached_key != walks.employee_key and walks.steps < 20
),

circles as (
    select employee_key, min(steps) as steps
    from walks
    where reached_key = employee_key
    group by employee_key
),

employed as (
    select employee_key, started_on, coalesce(ended_on, {{ end_of_time() }}) as ended_on
    from {{ ref('fct_employments') }}
)

select
    case when steps = 1 then 'manager_of_themselves' else 'managers_in_a_circle' end as kind,
    cast(null as varchar) as feed,
    employee_key,
    cast(null as varchar) as subject,
    {{ as_of_on() }} as effective_on,
    true as is_counted,
    cast(null as bigint) as batch_seq
from circles
union all
select
    case
        when spells.job_code is null and spells.site_id is null then 'left_without_job_or_site'
        when spells.job_code is null then 'left_without_job'
        else 'left_without_site'
    end as kind,
    cast(null as varchar) as feed,
    spells.employee_key,
    cast(null as varchar) as subject,
    {{ add_days('spells.ended_on', -1) }} as effective_on,
    true as is_counted,
    cast(null as bigint) as batch_seq
from {{ ref('fct_job_spells') }} as spells
inner join {{ ref('fct_employments') }} as employments
    on spells.employee_key = employments.employee_key
    and spells.employment_number = employments.employment_number
    and spells.ended_on = employments.ended_on
where spells.job_code is null or spells.site_id is null
union all
select
    'filled_before_opened' as kind,
    'openings' as feed,
    cast(null as varchar) as employee_key,
    opening_id as subject,
    filled_on as effective_on,
    true as is_counted,
    cast(null as bigint) as batch_seq
from {{ ref('fct_openings') }}
where filled_on < opened_on
union all
select distinct
    case when mentor_key = mentee_key then 'mentor_of_themselves' else 'mentorship_ended_before_it_began' end as kind,
    'mentorships' as feed,
    mentee_key as employee_key,
    case when mentor_key != mentee_key then mentor_key end as subject,
    started_on as effective_on,
    false as is_counted,
    max(batch_seq) over (partition by mentee_key, mentor_key, started_on) as batch_seq
from {{ ref('stg_hr__mentorships') }}
where started_on <= {{ as_of_on() }} and (mentor_key = mentee_key or ended_on < started_on)
union all
select distinct
    'rewarded_while_not_employed' as kind,
    'rewards' as feed,
    rewards.employee_key,
    cast(null as varchar) as subject,
    rewards.granted_on as effective_on,
    true as is_counted,
    cast(null as bigint) as batch_seq
from {{ ref('int_rewards') }} as rewards
-- Of people with no employment at all quality.orphans tells.
where
    rewards.employee_key in (select employed.employee_key from employed)
    and not exists (
        select 1 from employed
        where
            rewards.employee_key = employed.employee_key
            and rewards.granted_on >= employed.started_on
            and rewards.granted_on < employed.ended_on
    )
union all
select
    'list_line_ends_before_it_begins' as kind,
    'roster' as feed,
    employee_key,
    source as subject,
    as_of_on as effective_on,
    false as is_counted,
    batch_seq
from {{ ref('int_reversed_roster_lines') }}
