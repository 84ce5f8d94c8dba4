"""The suppressed aggregates on their lattice: everything, a region, a site, a tier, a tier in a region."""

from dashboards import sources
from dashboards.cell import Cell
from dashboards.frame import Frame


def places() -> dict[str, str]:
    """Every place that the aggregates speak of to this viewer -> how it is called."""
    found = sources.summary_rows(
        """
        select distinct level, h.region, site_id, coalesce(s.name, site_id) as name
        from headcount_by_month as h left join dim_sites as s using (site_id)
        where level in ('region', 'site') order by level, h.region, name
        """
    )
    regions = found[found["level"] == "region"]["region"]
    sites = found[found["level"] == "site"]
    return (
        {"all": "Whole organisation"}
        | ({f"region:{region}": f"Region {region}" for region in regions} if len(regions) > 1 else {})
        | {f"site:{key}": f"{name} ({key})" for key, name in zip(sites["site_id"], sites["name"], strict=True)}
    )


def tiers() -> dict[str, str]:
    """Tier -> title, of the tiers that the aggregates speak of to this viewer, by the ladder's order."""
    found = sources.summary_rows(
        """
        select tier, coalesce(title, tier) as title from dim_tiers
        where tier in (select tier from headcount_by_month) order by rank, tier
        """
    )
    return dict(zip(found["tier"], found["title"], strict=True))


def _where(cell: Cell, has_tier: bool = True) -> str:
    """The rows of this cell; none where a table without tiers is asked about a tier."""
    tier = "all" if cell.tier == "all" else "tier"
    level = {"all": tier, "region": "region" if tier == "all" else "region_tier", "site": "site"}[cell.kind]
    parts = [f"level = '{level}'"]
    if cell.kind != "all":
        parts.append(f"{'region' if cell.kind == 'region' else 'site_id'} = $where_key")
    if tier == "tier" and cell.kind != "site":
        parts.append("tier = $tier" if has_tier else "false")
    return " and ".join(parts)


def years(cell: Cell) -> Frame:
    """Calendar years, the last one so far: turnover, promotions, training, with intervals, and why a figure is hidden."""
    return sources.summary_rows(
        f"""
        with turnover as (from turnover_by_period where period = 'year' and {_where(cell)}),
        promotions as (from promotions_by_period where period = 'year' and {_where(cell)}),
        training as (from training_completion_by_period where period = 'year' and {_where(cell, has_tier=False)})
        select starts_on, year(starts_on)::varchar || if(starts_on + interval 1 year > as_of_on + 1, ' so far', '') as label,
            t.person_years, t.separations_voluntary, t.voluntary_turnover_rate, t.voluntary_turnover_rate_low,
            t.voluntary_turnover_rate_high, coalesce(t.hidden_because, '') as turnover_hidden,
            p.promotions, p.promotion_rate, p.promotion_rate_low, p.promotion_rate_high,
            coalesce(p.hidden_because, '') as promotions_hidden,
            c.assignments_due, c.completed_on_time_rate, c.completed_on_time_rate_low, c.completed_on_time_rate_high,
            coalesce(c.hidden_because, '') as training_hidden
        from turnover as t full join promotions as p using (starts_on) full join training as c using (starts_on)
        cross join release order by starts_on
        """,
        cell.params,
    )


def months(cell: Cell) -> Frame:
    """The trailing twelve months of voluntary turnover by month; empty but for everything and regions, all tiers."""
    return sources.summary_rows(
        f"""
        select starts_on as month, separations_voluntary_12m as events, person_years_12m as person_years,
            voluntary_turnover_rate_12m as value, voluntary_turnover_rate_12m_low as low,
            voluntary_turnover_rate_12m_high as high, starts_on + interval 1 month <= as_of_on + 1 as is_complete
        from turnover_by_period cross join release where period = 'month' and {_where(cell)} order by month
        """,
        cell.params,
    )


def now(cell: Cell) -> Frame:
    """One row: headcount and readiness today, each with why it is hidden."""
    return sources.summary_rows(
        f"""
        with people as (from headcount_by_month where {_where(cell)} order by month desc limit 1),
        ready as (from readiness_at_month_end where {_where(cell)} order by month desc limit 1)
        select p.headcount, coalesce(p.hidden_because, '') as headcount_hidden, r.ready, r.waiting_over_90_days, r.ready_share,
            r.ready_share_low, r.ready_share_high, coalesce(r.hidden_because, '') as ready_hidden
        from people as p full join ready as r on true
        """,
        cell.params,
    )


def sites() -> Frame:
    """Every site's last full calendar year of turnover, by name, with why it is hidden."""
    return sources.summary_rows(
        """
        select coalesce(name, site_id) as site, year(starts_on)::varchar as year, separations_voluntary, person_years,
            voluntary_turnover_rate, voluntary_turnover_rate_low, voluntary_turnover_rate_high,
            coalesce(hidden_because, '') as hidden
        from turnover_by_period left join (select site_id, name from dim_sites) using (site_id) cross join release
        where level = 'site' and period = 'year' and starts_on = date_trunc('year', as_of_on + 1) - interval 1 year
        order by site
        """
    )
