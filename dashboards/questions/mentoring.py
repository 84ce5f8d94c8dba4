"""Mentoring, leadership, exit interviews, evaluations."""

from dashboards import sources
from dashboards.cell import Cell
from dashboards.frame import Frame


def effect() -> Frame:
    """Mentored against unmentored, per outcome, as a rate ratio."""
    return sources.rows("select * from marts.mentorship_effect order by outcome desc")


def leadership(cell: Cell) -> Frame:
    """Management openings and the people ready for them, by quarter."""
    return sources.rows(
        f"""
        select quarter, sum(openings) as openings, sum(filled_internally) as filled_internally,
            sum(filled_externally) as filled_externally, sum(filled_by_agency) as filled_by_agency,
            sum(ready_pool) as ready_pool, sum(pathway_enrollments) as pathway_enrollments,
            sum(pathway_completed) as pathway_completed, sum(promoted_since) as promoted_since
        from marts.leadership_pipeline where {cell.condition()} group by quarter order by quarter
        """,
        cell.params,
    )


def exit_reasons() -> Frame:
    """Reasons given in exit interviews of the last four quarters; the whole organisation only."""
    return sources.rows(
        """
        with sums as (
            select reason, sum(interviews) as interviews from marts.exit_reasons_by_quarter
            where quarter >= (select max(quarter) - interval 9 months from marts.exit_reasons_by_quarter)
            group by reason having sum(interviews) > 0
        )
        select reason, interviews, interviews / sum(interviews) over () as value,
            wilson_low(interviews, sum(interviews) over ()) as low, wilson_high(interviews, sum(interviews) over ()) as high,
            sum(interviews) over () as all_interviews
        from sums order by interviews desc, reason
        """
    )


def evaluated(cell: Cell) -> dict[str, float | None]:
    """The share of active people evaluated in the last complete month."""
    return sources.row(
        f"""
        select sum(evaluated) as evaluated, sum(active) as active, sum(evaluated) / nullif(sum(active), 0) as value,
            wilson_low(sum(evaluated), sum(active)) as low, wilson_high(sum(evaluated), sum(active)) as high
        from marts.evaluation_coverage_by_month join core.dim_months using (month)
        where month = (select max(month) from core.dim_months where is_complete) and {cell.condition()}
        """,
        cell.params,
    )
