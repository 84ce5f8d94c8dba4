"""Who is trained: completion by month and category, the matrix of people and skills, coverage of the sites."""

from typing import Any

from dashboards import sources
from dashboards.cell import Cell
from dashboards.frame import Frame
from dashboards.process import process_sql, trailing_sql


def by_month(cell: Cell) -> Frame:
    """The share of counted assignments completed by the first due date, by month due, with process limits."""
    return sources.rows(process_sql(_months(cell), "p"), cell.params)


def of_year(cell: Cell) -> Frame:
    """The same share in the twelve months to each month, with interval."""
    return sources.rows(trailing_sql(_months(cell), "p"), cell.params)


def _months(cell: Cell) -> str:
    return f"""
    select month, sum(completed_on_time) as events, sum(assignments_due) as base,
        any_value(dim_months.is_complete) as is_complete
    from marts.training_completion_by_month join core.dim_months using (month)
    where {cell.condition()} group by month
    """


def by_category(cell: Cell) -> Frame:
    """The last twelve months by category: due, on time, within 30 days, beside waived and excused."""
    return sources.rows(
        f"""
        select category, sum(assignments_due) as due, sum(completed_on_time) as on_time,
            sum(completed_within_30_days) as within_30, sum(waived) as waived, sum(excused) as excused,
            sum(due_moved) as due_moved,
            sum(completed_on_time) / nullif(sum(assignments_due), 0) as value,
            wilson_low(sum(completed_on_time), sum(assignments_due)) as low,
            wilson_high(sum(completed_on_time), sum(assignments_due)) as high,
            sum(completed_within_30_days) / nullif(sum(assignments_due), 0) as within_30_rate
        from marts.training_completion_by_month
        where month > (select max(month) - interval 12 months from marts.training_completion_by_month)
            and {cell.condition()}
        group by category having due > 0 order by value, category
        """,
        cell.params,
    )


def matrix(cell: Cell) -> Frame:
    """One row a person and skill, required ones marked."""
    return sources.rows(
        f"""
        select employee_key, coalesce(dim_sites.name, site_id) as site, coalesce(dim_skills.name, skill_id) as skill,
            status, qualified_on, expires_on, is_required
        from marts.training_matrix left join core.dim_sites using (site_id) left join core.dim_skills using (skill_id)
        where {cell.condition()} order by site, employee_key, skill
        """,
        cell.params,
    )


def coverage(cell: Cell) -> Frame:
    """One row a site and skill: people, qualified, needed, and whether it hangs on one person."""
    return sources.rows(
        f"""
        select coalesce(dim_sites.name, site_id) as site, coalesce(dim_skills.name, skill_id) as skill,
            employees, qualified, needed, is_single_point_of_failure
        from marts.skill_coverage_by_site
        left join core.dim_sites using (site_id) left join core.dim_skills using (skill_id)
        where {cell.condition()} order by is_single_point_of_failure desc, qualified - needed, site, skill
        """,
        cell.params,
    )


def expiring(cell: Cell, most: int | None = None) -> Frame:
    """Skills that expire within 60 days, have expired or are suspended, soonest first."""
    return sources.rows(
        f"""
        select employee_key, coalesce(dim_sites.name, site_id) as site, coalesce(dim_skills.name, skill_id) as skill,
            status, expires_on, is_required, count(*) over () as of_all
        from marts.training_matrix left join core.dim_sites using (site_id) left join core.dim_skills using (skill_id)
        where status in ('expiring', 'expired', 'suspended') and {cell.condition()}
        order by expires_on nulls first, employee_key, skill {"" if most is None else f"limit {most}"}
        """,
        cell.params,
    )


def expiring_sums(cell: Cell) -> dict[str, Any]:
    """Valid qualifications that expire within 60 days: how many; required ones: how many, and the first of them."""
    return sources.row(
        f"""
        select count(*) as expiring, count(*) filter (is_required) as required,
            min(expires_on) filter (is_required) as first_on,
            arg_min(coalesce(name, skill_id), (expires_on, employee_key)) filter (is_required) as first_skill
        from marts.training_matrix left join core.dim_skills using (skill_id)
        where status = 'expiring' and {cell.condition()}
        """,
        cell.params,
    )
