"""Who leaves: rates by month, sites against the mean, reasons, new hires."""

from dashboards import sources
from dashboards.cell import Cell
from dashboards.frame import Frame
from dashboards.process import process_sql


def by_month(cell: Cell) -> Frame:
    """Voluntary separations per person-year by month, with process limits and signals."""
    months = f"""
    select month, sum(separations_voluntary) as events, sum(person_years) as base,
        any_value(dim_months.is_complete) and not coalesce(bool_or(is_preliminary), false) as is_complete
    from marts.turnover_by_month join core.dim_months using (month)
    where {cell.condition(tier_column="tier")} group by month
    """
    return sources.rows(process_sql(months, "u"), cell.params)


def year(cell: Cell) -> Frame:
    """The trailing twelve months by month: events, person_years, rate with interval, and the total rate."""
    return sources.rows(
        f"""
        with months as (
            select month,
                any_value(dim_months.is_complete) and not coalesce(bool_or(is_preliminary), false) as is_complete,
                sum(separations_voluntary_12m) as events, sum(separations_12m) as all_events,
                sum(person_years_12m) as person_years
            from marts.turnover_by_month join core.dim_months using (month)
            where {cell.condition(tier_column="tier")} group by month
        ),
        placed as (select *, row_number() over (order by month) >= 12 as is_full from months)
        select month, is_complete and is_full as is_complete, is_full, events, all_events, person_years,
            events / nullif(person_years, 0) as value,
            poisson_low(events, person_years) as low, poisson_high(events, person_years) as high,
            all_events / nullif(person_years, 0) as total_rate,
            poisson_low(all_events, person_years) as total_low, poisson_high(all_events, person_years) as total_high
        from placed order by month
        """,
        cell.params,
    )


def sites() -> Frame:
    """Every site's last twelve months, all tiers, against the common mean.

    A site is outside when the mean is outside its exact 99.8 % interval: where few events are to be expected, limits by
    sigmas name sites that chance alone puts there.
    """
    return sources.rows(
        """
        with sums as (
            select site_id, sum(separations_voluntary_12m)::bigint as events, sum(person_years_12m) as size
            from marts.turnover_by_month where month = (select max(month) from marts.turnover_by_month)
            group by site_id
        ),
        rated as (
            select *, events / size as value, sum(events) over () / sum(size) over () as centre from sums where size > 0
        )
        select site_id, coalesce(name, site_id, 'no known site') as name, events, size, value, centre,
            poisson_low(events, size) as low, poisson_high(events, size) as high,
            poisson_low_998(events, size) > centre or poisson_high_998(events, size) < centre as is_outside,
            value > centre as is_above
        from rated left join core.dim_sites using (site_id) order by name, site_id
        """
    )


def funnel_limits(centre: float, largest: float) -> Frame:
    """The funnel: for each number of events the size at which it is just at a limit. level, side, size, value."""
    return sources.rows(
        """
        with counts as (
            select k, unnest([
                {level: '95', side: 'high', expected: poisson_low(k, 1.0)},
                {level: '95', side: 'low', expected: poisson_high(k, 1.0)},
                {level: '99.8', side: 'high', expected: poisson_low_998(k, 1.0)},
                {level: '99.8', side: 'low', expected: poisson_high_998(k, 1.0)}
            ], recursive := true)
            from range(0, (2 * $centre::double * $largest::double + 30)::bigint) as counts(k)
        )
        select level, level || side as side, expected / $centre::double as size, k / size as value from counts
        where expected > 0 and expected <= 1.2 * $centre::double * $largest::double order by level, side, size
        """,
        {"centre": centre, "largest": largest},
    )


def reasons(cell: Cell) -> Frame:
    """Separations of the last four quarters by reason, most frequent first, with share and interval."""
    return sources.rows(
        f"""
        with sums as (
            select separation_reason, sum(separations) as separations, sum(separations_voluntary) as voluntary
            from marts.turnover_by_reason
            where quarter >= (select max(quarter) - interval 9 months from marts.turnover_by_reason)
                and {cell.condition()}
            group by separation_reason
        )
        select separation_reason, separations, voluntary, sum(separations) over () as all_separations,
            separations / sum(separations) over () as value,
            wilson_low(separations, sum(separations) over ()) as low,
            wilson_high(separations, sum(separations) over ()) as high
        from sums where separations > 0 order by separations desc, separation_reason
        """,
        cell.params,
    )


def new_hires(cell: Cell) -> Frame:
    """Of the hires of the last twelve cohorts that had the time: left within 90, 180, 365 days, with intervals."""
    return sources.rows(
        f"""
        with cohorts as (select *, dense_rank() over (partition by days order by cohort_month desc) as place
            from marts.new_hire_attrition where hires > 0),
        sums as (
            select days, sum(hires) as hires, sum("left") as gone, sum(left_voluntarily) as left_voluntarily
            from cohorts where place <= 12 and {cell.condition()} group by days
        )
        select days, hires, gone, left_voluntarily, gone / nullif(hires, 0) as value,
            wilson_low(gone, hires) as low, wilson_high(gone, hires) as high
        from sums order by days
        """,
        cell.params,
    )
