"""The overview's figures, what changed since the release before, and what to do first."""

from dashboards import sources
from dashboards.cell import Cell
from dashboards.frame import Frame

FIGURES: dict[str, tuple[str, str]] = {  # column -> (label, form)
    "voluntary_turnover_rate_12m": ("Voluntary turnover a year", "percent"),
    "promoted_within_365": ("Promoted within a year", "percent"),
    "completed_on_time_rate": ("Training completed on time", "percent"),
    "ready_waiting_over_90": ("Ready, waiting over 90 days", "count"),
    "promotion_rate_12m": ("Promotions a year", "percent"),
    "certified_in_time_rate": ("Certified in time", "percent"),
    "net_benefit_usd": ("Net benefit of the program", "dollars"),
}


def months(cell: Cell) -> Frame:
    """headline_by_month of a site or of everything, oldest first, with is_complete."""
    return sources.rows(
        """
        select headline_by_month.*, dim_months.is_complete
        from marts.headline_by_month join core.dim_months using (month)
        where site_id is not distinct from nullif($where_key, '') order by month
        """,
        cell.params,
    )


def restated() -> Frame:
    """Figures of past months that the last release changed, summed over sites."""
    return sources.rows(
        """
        select month, figure, sum(previous_value) as previous_value, sum(value) as value, sum(difference) as difference
        from quality.restatements group by month, figure having sum(abs(difference)) > 0 order by month desc, figure
        """
    )


def waiting(cell: Cell) -> dict[str, int]:
    """Counts behind the first steps: people ready over 90 days, deadlines, renewals, skills that hang on one person."""
    found = sources.row(
        f"""
        select
            (select count(distinct employee_key) from marts.promotion_readiness
                where is_ready and days_waiting > 90 and {cell.condition()}) as ready_over_90,
            (select count(distinct employee_key) from marts.certification_pipeline
                where state = 'overdue' and {cell.condition()}) as certification_overdue,
            (select count(distinct employee_key) from marts.certification_pipeline
                where days_left between 0 and 90 and {cell.condition()}) as certification_soon,
            (select count(distinct employee_key) from marts.credential_renewals join core.dim_employees using (employee_key)
                where status in ('due', 'lapsed') and {cell.condition()}) as renewals_due,
            (select count(*) from marts.skill_coverage_by_site
                where is_single_point_of_failure and {cell.condition()}) as single_points
        """,
        cell.params,
    )
    return {name: int(value or 0) for name, value in found.items()}
