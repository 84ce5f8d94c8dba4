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


def costs(scope: str) -> Frame:
    """Costs by line from each site's own start to date, largest first."""
    return sources.rows(
        """
        select line, sum(amount_usd) as amount_usd, sum(unpriced) as unpriced from marts.program_costs_by_month
        where $scope = 'all' or site_id = $scope group by line order by amount_usd desc
        """,
        {"scope": scope},
    )


def effect() -> Frame:
    """program_effect, the causal estimate first."""
    return sources.rows("select * from marts.program_effect order by outcome desc, method = 'descriptive'")


def assumptions() -> Frame:
    """The assumptions with their ranges and sources."""
    return sources.rows("select * from core.dim_roi_assumptions order by name")


def what_if(scope: str, horizon: str, avoided: float, values: dict[str, float]) -> dict[str, float]:
    """Costs, benefits, net benefit and break-even with other assumptions, by the published formulas.

    values: one for each name of dim_roi_assumptions; avoided: separations.
    """
    return sources.row(
        """
        with central as (
            select max(central) filter (name = 'benefits_load') as load,
                nullif(max(central) filter (name = 'mentor_hours_per_month'), 0) as hours,
                nullif(max(central) filter (name = 'exam_fee'), 0) as fee
            from core.dim_roi_assumptions
        ),
        sums as (
            select
                program_costs(
                    fixed_costs_usd, loaded_costs_usd, mentoring_costs_usd, exam_costs_usd, (1 + $benefits_load) / (1 + load),
                    coalesce($mentor_hours_per_month / hours, 1), coalesce($exam_fee / fee, 1)
                ) as costs_usd,
                $avoided * $replacement_cost + coalesce(
                    internal_fills * saved_a_fill($external_fill_cost, $internal_fill_cost, entry_refill_cost_usd), 0
                ) as benefits_usd
            from marts.program_roi cross join central
            where scope = $scope and horizon = $horizon and scenario = 'central'
        )
        select *, benefits_usd - costs_usd as net_benefit_usd, costs_usd / nullif($replacement_cost, 0) as break_even from sums
        """,
        {"scope": scope, "horizon": horizon, "avoided": avoided, **values},
    )
