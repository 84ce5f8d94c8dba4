"""A series by month against what chance alone would give: SQL for its mean, limits and signals (words: `wording.change`).

A month signals when it is beyond a three-sigma limit, when it is the eighth in a row on one side of the mean, or the sixth
of six that rise or fall. Months that are not complete or still preliminary are shown but count for neither mean nor
signal. Where less than one event is to be expected a month (one failure, of shares), chance alone gives such months again
and again: there nothing is called a signal, and the twelve months to each month are drawn instead.
"""

EXPECTED = {"u": "centre * base", "p": "least(centre, 1 - centre) * base"}


def process_sql(months_sql: str, kind: str) -> str:
    """A query on `months_sql` (month, events, base, is_complete): adds value, centre, limit_low, limit_high, is_telling, signal.

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
            coalesce(median({EXPECTED[kind]}) filter (is_complete) over () >= 1, false) as is_telling,
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
    select month, events, base, value, centre, limit_low, limit_high, is_complete, is_telling,
        case
            when not is_complete or not is_telling or value is null then 'none'
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


def trailing_sql(months_sql: str, kind: str) -> str:
    """A query on `months_sql` as above: events and base of the twelve months to each month, value, low, high, is_full.

    is_complete is false too for the first eleven months, which have no twelve behind them.
    """
    interval = "poisson" if kind == "u" else "wilson"
    return f"""
    with months as ({months_sql}),
    sums as (
        select month, is_complete, sum(events) over twelve as events, sum(base) over twelve as base,
            month >= min(month) over () + interval 11 months as is_full
        from months
        window twelve as (order by month range between interval 11 months preceding and current row)
    )
    select month, events, base, is_full, is_complete and is_full as is_complete, events / nullif(base, 0) as value,
        {interval}_low(events::bigint, base) as low, {interval}_high(events::bigint, base) as high
    from sums order by month
    """
