"""Who is ready and waiting, and what the others lack."""

from dashboards import sources
from dashboards.cell import Cell
from dashboards.frame import Frame


def people(cell: Cell) -> Frame:
    """One row a person and next tier: whether ready, since when, how many requirements are met and which are lacking."""
    return sources.rows(
        f"""
        with lacking as (
            select employee_key, from_tier, to_tier,
                string_agg(
                    case kind
                        when 'evaluation_average' then 'a higher average of evaluations over ' || target || ' months'
                        when 'months_in_tier' then 'time in the tier'
                        else kind || ' ' || coalesce(target, '')
                    end, '; ' order by requirement_id
                ) as lacks,
                bool_and(kind = 'months_in_tier') as lacks_time_only
            from marts.promotion_requirements where not is_met group by all
        )
        select r.employee_key, coalesce(s.name, r.site_id) as site, f.title as from_title, t.title as to_title,
            r.requirements_met, r.requirements_total, r.requirements_total - r.requirements_met as missing,
            r.is_ready, r.ready_on, r.days_waiting, lacking.lacks, lacking.lacks_time_only
        from marts.promotion_readiness as r
        left join lacking using (employee_key, from_tier, to_tier)
        left join core.dim_sites as s using (site_id)
        join core.dim_tiers as f on r.from_tier = f.tier join core.dim_tiers as t on r.to_tier = t.tier
        where {cell.condition("r.site_id", "r.from_tier")}
        order by r.days_waiting desc nulls last, missing, r.employee_key
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
