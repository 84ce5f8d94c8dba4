"""Who is ready and waiting, and what the others lack."""

from dashboards import sources
from dashboards.cell import Cell
from dashboards.frame import Frame

READY, NEAR = "r.is_ready", "not r.is_ready and r.requirements_total - r.requirements_met = 1"
UNMET = """marts.promotion_requirements as q
    on not q.is_met and r.employee_key = q.employee_key and r.from_tier = q.from_tier and r.to_tier = q.to_tier"""
LACKS = """
    case q.kind
        when 'evaluation_average' then 'a higher average of evaluations over ' || q.target || ' months'
        when 'months_in_tier' then 'time in the tier'
        else q.kind || ' ' || coalesce(q.target, '')
    end"""


def sums(cell: Cell) -> dict[str, float | None]:
    """People with a way up, ready ones, those for over 90 days, those one requirement short; the median of days waited."""
    return sources.row(
        f"""
        select count(distinct employee_key) as people, count(is_ready) as ways,
            count(distinct employee_key) filter (is_ready) as ready,
            count(distinct employee_key) filter (is_ready and days_waiting > 90) as ready_over_90,
            count(distinct employee_key) filter ({NEAR}) as near,
            median(days_waiting) filter (is_ready) as days_waiting
        from marts.promotion_readiness as r where {cell.condition("r.site_id", "r.from_tier")}
        """,
        cell.params,
    )


def ready(cell: Cell, most: int | None = None) -> Frame:
    """People ready for a next tier, one row a person and tier, the longest wait first."""
    return _people(cell, READY, "r.days_waiting desc, r.employee_key", most, "null as lacks", "")


def near(cell: Cell, most: int | None = None) -> Frame:
    """People one requirement short of a next tier, and which."""
    unmet = f"left join {UNMET}"
    return _people(cell, NEAR, "r.requirements_total desc, r.employee_key, r.to_tier", most, f"{LACKS} as lacks", unmet)


def _people(cell: Cell, who: str, order: str, most: int | None, lacks: str, unmet: str) -> Frame:
    return sources.rows(
        f"""
        with chosen as (
            select *, count(*) over () as of_all from marts.promotion_readiness as r
            where {who} and {cell.condition("r.site_id", "r.from_tier")}
            order by {order} {"" if most is None else f"limit {most}"}
        )
        select r.employee_key, coalesce(s.name, r.site_id) as site, f.title as from_title, t.title as to_title,
            r.requirements_met, r.requirements_total, r.ready_on, r.days_waiting, {lacks}, r.of_all
        from chosen as r {unmet}
        left join core.dim_sites as s using (site_id)
        join core.dim_tiers as f on r.from_tier = f.tier join core.dim_tiers as t on r.to_tier = t.tier
        order by {order}
        """,
        cell.params,
    )


def lacking(cell: Cell) -> Frame:
    """What people who are one requirement short lack, most people first; is_time: time alone will bring it."""
    return sources.rows(
        f"""
        select {LACKS} as lacks, q.kind = 'months_in_tier' as is_time, count(distinct r.employee_key) as people
        from marts.promotion_readiness as r
        join {UNMET}
        where {NEAR} and {cell.condition("r.site_id", "r.from_tier")} group by all order by people desc, lacks
        """,
        cell.params,
    )


def waiting_sites(cell: Cell) -> Frame:
    """Sites by people who have been ready for over 90 days, most first."""
    return sources.rows(
        f"""
        select coalesce(name, site_id) as site, count(distinct employee_key) as people
        from marts.promotion_readiness left join core.dim_sites using (site_id)
        where is_ready and days_waiting > 90 and {cell.condition(tier_column="from_tier")}
        group by all order by people desc, site
        """,
        cell.params,
    )


def by_month(cell: Cell) -> Frame:
    """Month ends: people ready, of them waiting over 90 days, and left while ready."""
    return sources.rows(
        f"""
        select month, sum(employees) as employees, sum(ready) as value, sum(waiting_over_90_days) as waiting,
            sum(left_while_ready) as left_while_ready, any_value(dim_months.is_complete) as is_complete,
            null::double as low, null::double as high
        from marts.readiness_by_month join core.dim_months using (month)
        where {cell.condition(tier_column="to_tier")} group by month order by month
        """,
        cell.params,
    )
