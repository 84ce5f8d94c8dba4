"""SQL for process-behaviour charts: a series by month gets its mean, three-sigma limits and signals.

A month signals when it is beyond a limit, when it is the eighth in a row on one side of the mean, or the sixth of six that
rise or fall. Months that are not complete or still preliminary are shown but count for neither mean nor signal.
"""


def process_sql(months_sql: str, kind: str) -> str:
    """A query on `months_sql` (month, events, base, is_complete): adds value, centre, limit_low, limit_high, signal.

    kind: 'u' for events per person-time, 'p' for shares. The limits are the published macros u_limit and p_limit.
    """
    return f"""
    with months as ({months_sql}),
    rated as (
        select *, events / nullif(base, 0) as value,
            sum(events) filter (is_complete) over () / nullif(sum(base) filter (is_complete) over (), 0) as centre
        from months
    ),
    limited as (
        select *,
            {kind}_limit_low(centre, base, 3) as limit_low, {kind}_limit_high(centre, base, 3) as limit_high,
            sign(value - centre) as side,
            sign(value - lag(value) over (partition by is_complete order by month)) as step
        from rated
    ),
    runs as (
        select *,
            count(*) filter (side = 1) over eight as above, count(*) filter (side = -1) over eight as below,
            count(*) filter (step = 1) over five as rises, count(*) filter (step = -1) over five as falls
        from limited
        window eight as (partition by is_complete order by month rows 7 preceding),
            five as (partition by is_complete order by month rows 4 preceding)
    )
    select month, events, base, value, centre, limit_low, limit_high, is_complete,
        case
            when not is_complete or value is null then 'none'
            when value > limit_high then 'above the limits'
            when value < limit_low then 'below the limits'
            when above = 8 then 'eight in a row above the mean'
            when below = 8 then 'eight in a row below the mean'
            when rises = 5 then 'six rising'
            when falls = 5 then 'six falling'
            else 'none'
        end as signal
    from runs
    order by month
    """
