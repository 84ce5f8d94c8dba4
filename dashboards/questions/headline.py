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
    "net_benefit_usd": ("Net benefit, if the effect is right", "dollars"),
}


def months(cell: Cell) -> Frame:
    """headline_by_month of a site or of everything, oldest first, with is_complete and whether twelve months stand behind it."""
    return sources.rows(
        """
        select headline_by_month.*, dim_months.is_complete, row_number() over (order by month) >= 12 as is_full
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


def waiting(cell: Cell) -> Frame:
    """What the first steps rest on, one row a kind of thing to do: how many, the first date, and where most of them are.

    kind, number (people, or skills), first_on, sites, most_at (the site with most), most (there), example.
    """
    return sources.rows(
        f"""
        with found as (
            select 'ready_over_90' as kind, employee_key as one, site_id, ready_on as due_on, null as example
            from marts.promotion_readiness where is_ready and days_waiting > 90
            union all
            select if(days_left < 0, 'certification_overdue', 'certification_soon'), employee_key, site_id, deadline_on, null
            from marts.certification_pipeline where (state = 'overdue' or days_left between 0 and 90) and passed_on is null
            union all
            select 'renewals_due', employee_key, site_id, expires_on, null
            from marts.credential_renewals join core.dim_employees using (employee_key) where status in ('due', 'lapsed')
            union all
            select 'single_points', site_id || ' ' || skill_id, site_id, null,
                coalesce(dim_skills.name, skill_id) || ' at ' || coalesce(dim_sites.name, site_id)
            from marts.skill_coverage_by_site
            left join core.dim_skills using (skill_id) left join core.dim_sites using (site_id)
            where is_single_point_of_failure
        ),
        by_site as (
            select kind, site_id, count(distinct one) as number, min(due_on) as first_on, min(example) as example
            from found where {cell.condition()} group by kind, site_id
        )
        select kind, sum(number) as number, min(first_on) as first_on, count(*) as sites, max(number) as most,
            arg_max(coalesce(name, site_id, 'no known site'), number) as most_at, min(example) as example
        from by_site left join core.dim_sites using (site_id) group by kind
        """,
        cell.params,
    )
