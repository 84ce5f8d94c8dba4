"""What the program costs and brings, the estimate behind it and the assumptions under it."""

from dashboards import sources
from dashboards.frame import Frame


def scopes() -> Frame:
    """What program_roi speaks about: 'all' and the sites with a program, by name."""
    return sources.rows(
        """
        select distinct scope, coalesce(name, scope) as name from marts.program_roi
        left join core.dim_sites on scope = site_id order by scope <> 'all', name
        """
    )


def worth(scope: str) -> Frame:
    """program_roi of a scope, every horizon and scenario."""
    return sources.rows("select * from marts.program_roi where scope = $scope", {"scope": scope})


def costs(scope: str, months: int) -> Frame:
    """Costs by line over the program's first months (whole program: from each site's own start), largest first."""
    return sources.rows(
        """
        select line, sum(amount_usd) as amount_usd, sum(unpriced) as unpriced from marts.program_costs_by_month
        where $scope = 'all' or site_id = $scope group by line order by amount_usd desc
        """,
        {"scope": scope, "months": months},
    )


def effect() -> Frame:
    """program_effect, the causal estimate first."""
    return sources.rows("select * from marts.program_effect order by outcome desc, method = 'descriptive'")


def assumptions() -> Frame:
    """The assumptions with their ranges and sources."""
    return sources.rows("select * from core.dim_roi_assumptions order by name")
