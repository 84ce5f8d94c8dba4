-- Grain: a cell of the ladder in a month (month, site_id, tier, employment_class); people on ladder days only.
--
-- A month's count is what all comings and goings so far have left: no row a person and day is made. Whoever leaves the
-- employment counts as gone on the last day itself; a move counts on the first day in the new cell.
with stays as (
    select
        spells.*,
        lead(spells.started_on) over in_employment as next_started_on
    from (
        select
            *,
            lag((tier, site_id, employment_class)) over (
                partition by employee_key, employment_number order by started_on
            ) as cell_before
        from {{ ref('fct_job_spells') }}
    ) as spells
    where (spells.tier, spells.site_id, spells.employment_class) is distinct from spells.cell_before
    window in_employment as (
        partition by spells.employee_key, spells.employment_number order by spells.started_on
    )
),

ladder_stays as (
    select
        stays.employee_key,
        stays.site_id,
        stays.tier,
        stays.employment_class,
        stays.started_on,
        coalesce(stays.next_started_on, employments.ended_on) as ended_on,
        employees.is_history_incomplete
    from stays
    inner join {{ ref('fct_employments') }} as employments
        on stays.employee_key = employments.employee_key
        and stays.employment_number = employments.employment_number
    inner join {{ ref('dim_employees') }} as employees on stays.employee_key = employees.employee_key
    where stays.tier is not null
),

arrivals as (
    select
        stays.* exclude (started_on, ended_on),
        stays.started_on as counted_on,
        1 as people,
        case
            when spells.start_reason in ('hired', 'rehired', 'unknown') then 'hires'
            when spells.start_reason = 'promoted' then 'promotions_in'
            else 'other_moves_in'
        end as kind,
        {{ days_to_month_end('stays.started_on', 'stays.started_on') }} as days_left
    from ladder_stays as stays
    left join {{ ref('fct_tier_spells') }} as spells
        on stays.employee_key = spells.employee_key and stays.started_on = spells.started_on
),

departures as (
    select
        stays.* exclude (started_on),
        case when spells.end_reason like 'separated%' then {{ add_days('stays.ended_on', -1) }} else stays.ended_on end
            as counted_on,
        case
            when spells.end_reason = 'promoted' then 'promotions_out'
            when spells.end_reason like 'separated%' then replace(spells.end_reason, 'separated', 'separations')
            else 'other_moves_out'
        end as kind
    from ladder_stays as stays
    left join {{ ref('fct_tier_spells') }} as spells
        on stays.employee_key = spells.employee_key and stays.ended_on = spells.ended_on
    where stays.ended_on is not null
),

movements as (
    select * exclude (employee_key), {{ month_of('counted_on') }} as month
    from arrivals
    union all by name
    select
        * exclude (employee_key, ended_on),
        {{ month_of('counted_on') }} as month,
        -1 as people,
        -{{ days_to_month_end('ended_on', 'counted_on') }} as days_left
    from departures
),

changes as (
    select
        month,
        site_id,
        tier,
        employment_class,
        {%- for kind in movement_kinds() %}
        sum(case when kind = '{{ kind }}' then 1 else 0 end) as {{ kind }},
        {%- endfor %}
        sum(people) as net,
        sum(case when is_history_incomplete then people else 0 end) as net_incomplete,
        sum(days_left) as days_left
    from movements
    group by month, site_id, tier, employment_class
),

cells as (
    select site_id, tier, employment_class, min(month) as first_month
    from changes
    group by site_id, tier, employment_class
),

counted as (
    select
        months.month,
        months.days,
        cells.site_id,
        cells.tier,
        cells.employment_class,
        {%- for kind in movement_kinds() %}
        coalesce(changes.{{ kind }}, 0) as {{ kind }},
        {%- endfor %}
        coalesce(changes.net, 0) as net,
        coalesce(changes.days_left, 0) as days_left,
        sum(coalesce(changes.net, 0)) over so_far as closing,
        sum(coalesce(changes.net_incomplete, 0)) over so_far as closing_incomplete
    from cells
    inner join {{ ref('dim_months') }} as months on cells.first_month <= months.month
    left join changes
        on months.month = changes.month
        and cells.site_id is not distinct from changes.site_id
        and cells.tier = changes.tier
        and cells.employment_class = changes.employment_class
    window so_far as (
        partition by cells.site_id, cells.tier, cells.employment_class order by months.month
        rows unbounded preceding
    )
)

select
    month,
    site_id,
    tier,
    employment_class,
    cast((closing - net) * days + days_left as bigint) as person_days,
    cast(closing - net as bigint) as opening,
    {%- for kind in movement_kinds() %}
    cast({{ kind }} as bigint) as {{ kind }},
    {%- endfor %}
    cast(closing as bigint) as closing,
    cast(closing_incomplete as bigint) as closing_history_incomplete
from counted
where closing != 0 or {{ movement_kinds() | join(' + ') }} != 0
