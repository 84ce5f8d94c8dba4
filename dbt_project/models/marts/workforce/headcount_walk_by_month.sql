-- Grain: a cell of the ladder in a month (month, site_id, tier, employment_class); people on ladder days only.
--
-- A month's count is what all comings and goings so far have left: no row a person and day is made. Whoever leaves the
-- employment counts as gone on the last day itself; a move counts on the first day in the new cell.
with arrivals as (
    select
        stays.site_id,
        stays.tier,
        stays.employment_class,
        stays.is_history_incomplete,
        {{ month_of('stays.started_on') }} as month,
        1 as people,
        case
            when spells.start_reason in ('hired', 'rehired', 'unknown') then 'hires'
            when spells.start_reason = 'promoted' then 'promotions_in'
            else 'other_moves_in'
        end as kind,
        {{ days_to_month_end('stays.started_on', 'stays.started_on') }} as days_left
    from {{ ref('int_ladder_stays') }} as stays
    left join {{ ref('fct_tier_spells') }} as spells
        on stays.employee_key = spells.employee_key and stays.started_on = spells.started_on
),

departures as (
    select
        stays.*,
        case
            when spells.end_reason = 'promoted' then 'promotions_out'
            when spells.end_reason like 'separated%' then replace(spells.end_reason, 'separated', 'separations')
            else 'other_moves_out'
        end as kind,
        case when spells.end_reason like 'separated%' then {{ add_days('stays.ended_on', -1) }} else stays.ended_on end
            as counted_on
    from {{ ref('int_ladder_stays') }} as stays
    left join {{ ref('fct_tier_spells') }} as spells
        on stays.employee_key = spells.employee_key and stays.ended_on = spells.ended_on
    where stays.ended_on is not null
),

movements as (
    select site_id, tier, employment_class, is_history_incomplete, month, people, kind, days_left
    from arrivals
    union all
    select
        site_id,
        tier,
        employment_class,
        is_history_incomplete,
        {{ month_of('counted_on') }} as month,
        -1 as people,
        kind,
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
        count(case when kind = '{{ kind }}' then 1 end) as {{ kind }},
        {%- endfor %}
        cast(sum(people) as bigint) as net,
        cast(sum(case when is_history_incomplete then people else 0 end) as bigint) as net_incomplete,
        cast(sum(days_left) as bigint) as days_left
    from movements
    group by month, site_id, tier, employment_class
),

counted as (
    select
        *,
        sum(net) over so_far as closing,
        sum(net_incomplete) over so_far as closing_incomplete,
        lead(month, 1, {{ end_of_time() }}) over in_cell as next_month
    from changes
    window
        in_cell as (partition by site_id, tier, employment_class order by month),
        so_far as (
            partition by site_id, tier, employment_class order by month rows unbounded preceding
        )
)

-- In the months until something happens again, the same people are there all the time.
select
    months.month,
    counted.site_id,
    counted.tier,
    counted.employment_class,
    cast(case
        when months.month = counted.month then (counted.closing - counted.net) * months.days + counted.days_left
        else counted.closing * months.days
    end as bigint) as person_days,
    cast(
        case when months.month = counted.month then counted.closing - counted.net else counted.closing end as bigint
    ) as opening,
    {%- for kind in movement_kinds() %}
    case when months.month = counted.month then counted.{{ kind }} else 0 end as {{ kind }},
    {%- endfor %}
    cast(counted.closing as bigint) as closing,
    cast(counted.closing_incomplete as bigint) as closing_history_incomplete
from counted
inner join {{ ref('dim_months') }} as months
    on counted.month <= months.month and counted.next_month > months.month
where months.month = counted.month or counted.closing != 0
