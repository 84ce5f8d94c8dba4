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
            select month, any_value(dim_months.is_complete) as is_complete,
                sum(separations_voluntary_12m) as events, sum(separations_12m) as all_events,
                sum(person_years_12m) as person_years
            from marts.turnover_by_month join core.dim_months using (month)
            where {cell.condition(tier_column="tier")} group by month
        )
        select month, is_complete, events, all_events, person_years,
            events / nullif(person_years, 0) as value,
            poisson_low(events, person_years) as low, poisson_high(events, person_years) as high,
            all_events / nullif(person_years, 0) as total_rate,
            poisson_low(all_events, person_years) as total_low, poisson_high(all_events, person_years) as total_high,
            row_number() over (order by month) > 12 as is_full
        from months order by month
        """,
        cell.params,
    )


def sites() -> Frame:
    """Every site's last twelve months, all tiers, against the common mean and its 99.8 % limits."""
    return sources.rows(
        """
        with sums as (
            select site_id, sum(separations_voluntary_12m) as events, sum(person_years_12m) as size
            from marts.turnover_by_month where month = (select max(month) from marts.turnover_by_month)
            group by site_id
        ),
        rated as (
            select *, events / size as value, sum(events) over () / sum(size) over () as centre from sums where size > 0
        )
        select site_id, coalesce(name, site_id) as name, events, size, value, centre,
            poisson_low(events, size) as low, poisson_high(events, size) as high,
            value > u_limit_high(centre, size, 3.09) or value < u_limit_low(centre, size, 3.09) as is_outside,
            value > centre as is_above
        from rated left join core.dim_sites using (site_id) order by name, site_id
        """
    )


def funnel_limits(centre: float, largest: float) -> Frame:
    """The limits of the funnel from the smallest size that makes sense to the largest site."""
    return sources.rows(
        """
        select size, $centre::double as centre,
            u_limit_low($centre::double, size, 1.96) as low_95, u_limit_high($centre::double, size, 1.96) as high_95,
            u_limit_low($centre::double, size, 3.09) as low_998, u_limit_high($centre::double, size, 3.09) as high_998
        from (select $largest::double * step / 80 as size from range(2, 85) steps(step))
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
