"""Who moves up: tenure in a tier, moves between tiers, promotions by month, and what stands in the way."""

from dashboards import sources
from dashboards.cell import Cell
from dashboards.frame import Frame
from dashboards.process import process_sql, trailing_sql

FEWEST_ENTRIES = 20  # on fewer nothing is said of 100
FEWEST_AT_RISK = 10  # a curve is drawn while so many are under watch
EVERYWHERE = "Whole organisation"
TENURE = """spells, open_spells, promotions, separations, promoted_within_365 as value, promoted_within_365_low as low,
    promoted_within_365_high as high, separated_within_365, separated_within_365_low, separated_within_365_high,
    promoted_within_730, separated_within_730, median_days_to_promotion, is_unstable"""


def tenure(cell: Cell) -> Frame:
    """tier_tenure by the ladder's order, with titles; a site's own where it has entries enough for a rate (is_of_site)."""
    return sources.rows(
        f"""
        with whole as (select tier, false as is_of_site, {TENURE} from marts.tier_tenure),
        own as (
            select tier, true as is_of_site, {TENURE} from marts.tier_tenure_by_site
            where site_id = $where_key and spells >= {FEWEST_ENTRIES}
        ),
        chosen as (from own union all from whole where tier not in (select tier from own))
        select chosen.*, coalesce(title, tier) as title, is_entry
        from chosen join core.dim_tiers using (tier) order by rank, tier
        """,
        cell.params,
    )


def tenure_by_site(tier: str) -> Frame:
    """One tier's tenure at every site."""
    return sources.rows(
        f"""
        select coalesce(name, site_id) as label, {TENURE} from marts.tier_tenure_by_site
        left join core.dim_sites using (site_id) where tier = $tier order by label
        """,
        {"tier": tier},
    )


def tenure_by_year(tier: str) -> Frame:
    """One tier's tenure by the year of entry."""
    return sources.rows(
        f"""
        select entry_year::varchar as label, {TENURE} from marts.tier_tenure_by_entry_year
        where tier = $tier order by entry_year
        """,
        {"tier": tier},
    )


def curves_by_tier(outcome: str) -> Frame:
    """The cumulative incidence of an outcome (promoted, separated) in every tier; `line` is the tier's title."""
    return _curves(
        outcome,
        "select *, coalesce(title, tier) as line, rank from marts.tier_tenure_curve join core.dim_tiers using (tier)",
    )


def curves_by_year(outcome: str, tier: str) -> Frame:
    """The same of one tier, by year of entry."""
    return _curves(
        outcome,
        "select *, entry_year::varchar as line, entry_year as rank from marts.tier_tenure_curve_by_entry_year where tier = $tier",
        {"tier": tier},
    )


def curves_of_site(outcome: str, tier: str, site_id: str) -> Frame:
    """The same of one tier, at one site and in the whole organisation."""
    return _curves(
        outcome,
        """
        select days, at_risk, columns('(promoted|separated)_incidence(_low|_high)?'), coalesce(name, site_id) as line, 1 as rank
        from marts.tier_tenure_curve_by_site left join core.dim_sites using (site_id)
        where tier = $tier and site_id = $site_id
        union all by name
        select days, at_risk, columns('(promoted|separated)_incidence(_low|_high)?'), $everywhere as line, 0 as rank
        from marts.tier_tenure_curve where tier = $tier
        """,
        {"tier": tier, "site_id": site_id, "everywhere": EVERYWHERE},
    )


def _curves(outcome: str, lines_sql: str, params: sources.Params | None = None) -> Frame:
    """The steps at which a line moves, with a start at zero and its end: drawn they are the whole curve."""
    return sources.rows(
        f"""
        with steps as (
            select line, rank, days, {outcome}_incidence as incidence, {outcome}_incidence_low as low,
                {outcome}_incidence_high as high, at_risk
            from ({lines_sql}) where at_risk >= {FEWEST_AT_RISK}
        ),
        moves as (
            from steps qualify incidence is distinct from lag(incidence) over (partition by line order by days)
                or days = max(days) over (partition by line)
        )
        from moves union all by name select distinct line, rank, 0 as days, 0.0 as incidence from steps order by rank, line, days
        """,
        params,
    )


def flows() -> Frame:
    """Spells that ended in the last 24 months: from which tier, to which or why, how many people."""
    return sources.rows(
        """
        select coalesce(here.title, tier) as from_label,
            case
                when end_reason like 'separated%' then
                    case when end_reason = 'separated_voluntary' then 'Left by own decision' else 'Left otherwise' end
                when end_reason = 'left_ladder' then 'Left the ladder'
                else coalesce(there.title, next_tier)
            end as to_label,
            count(*) as people
        from core.fct_tier_spells
        join core.dim_tiers as here using (tier)
        left join core.dim_tiers as there on next_tier = there.tier
        where ended_on > (select as_of_on - interval 24 months from quality.release)
            and end_reason not in ('open', 'reclassified')
        group by all order by any_value(here.rank), people desc
        """
    )


def promotions(cell: Cell) -> Frame:
    """Promotions per person-year by month, with process limits and signals."""
    return sources.rows(process_sql(_promotions(cell), "u"), cell.params)


def promotions_of_year(cell: Cell) -> Frame:
    """Promotions per person-year in the twelve months to each month, with interval."""
    return sources.rows(trailing_sql(_promotions(cell), "u"), cell.params)


def _promotions(cell: Cell) -> str:
    return f"""
    select month, sum(promotions) as events, sum(person_years) as base, any_value(dim_months.is_complete) as is_complete
    from marts.promotions_by_month join core.dim_months using (month)
    where {cell.condition(tier_column="tier")} group by month
    """


def delays(cell: Cell) -> Frame:
    """What stands between people and the next tier: by cause, most people first; one person can count for several."""
    return sources.rows(
        f"""
        select cause, sum(employees) as value from marts.promotion_delays
        where {cell.condition(tier_column="from_tier")} group by cause order by value desc, cause
        """,
        cell.params,
    )


def delayed_people(cell: Cell, most: int | None = None) -> Frame:
    """The people behind the causes: one row a person and unmet requirement."""
    return sources.rows(
        f"""
        select r.employee_key, coalesce(s.name, r.site_id) as site, f.title as from_title, t.title as to_title,
            q.cause, q.kind, q.value, q.threshold,
            if(q.kind = 'evaluation_average', q.target || ' months', q.target) as target, count(*) over () as of_all
        from marts.promotion_requirements as q
        join marts.promotion_readiness as r using (employee_key, from_tier, to_tier)
        left join core.dim_sites as s using (site_id)
        join core.dim_tiers as f on q.from_tier = f.tier join core.dim_tiers as t on q.to_tier = t.tier
        where not q.is_met and {cell.condition("r.site_id", "q.from_tier")}
        order by site, r.employee_key, q.requirement_id {"" if most is None else f"limit {most}"}
        """,
        cell.params,
    )
