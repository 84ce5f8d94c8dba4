"""The part of the organisation that a page is asked about: everything, a region, a site; one tier, or a region's tier.

Sites by tier are not on offer: at most sites that is a rate on five people.
"""

from dataclasses import dataclass

from dashboards import sources


@dataclass(frozen=True, slots=True)
class Cell:
    """Where: 'all', 'region:South' or 'site:026'; tier: its code, or 'all'."""

    where: str = "all"
    tier: str = "all"

    @property
    def kind(self) -> str:
        """all, region or site."""
        return self.where.partition(":")[0]

    @property
    def key(self) -> str:
        """The region's name or the site's id; empty for everything."""
        return self.where.partition(":")[2]

    def condition(self, site_column: str = "site_id", tier_column: str | None = None) -> str:
        """A SQL condition that keeps this cell's rows; its parameters are `params`."""
        parts = {
            "all": "true",
            "region": f"{site_column} in (select site_id from core.dim_sites where region = $where_key)",
            "site": f"{site_column} = $where_key",
        }[self.kind]
        return f"{parts} and {tier_column} = $tier" if tier_column and self.tier != "all" else parts

    @property
    def params(self) -> sources.Params:
        """Parameters of `condition`."""
        return {"where_key": self.key, "tier": self.tier}


def site_names() -> dict[str, str]:
    """Site id -> name, by name; a site without a name goes by its id."""
    frame = sources.rows("select site_id, coalesce(name, site_id) as name from core.dim_sites order by name, site_id")
    return dict(zip(frame["site_id"], frame["name"], strict=True))


def tier_titles() -> dict[str, str]:
    """Tier -> title, by the ladder's order."""
    frame = sources.rows(
        "select tier, coalesce(title, tier) as title from core.dim_tiers order by track = 'management', track = 'clinical', rank, tier"
    )
    return dict(zip(frame["tier"], frame["title"], strict=True))


def places() -> dict[str, str]:
    """Every value of `Cell.where` -> how it is called; the first is the default.

    A region is on offer only where there are several, and to those who see all of it.
    """
    own = sources.own_scope()
    if not own.is_everybody:
        everything = {"all": "Everyone who reports to you" if own.manager else "All of your sites"}
        sites = {f"site:{key}": f"{name} ({key})" for key, name in site_names().items()}
        return sites if len(sites) == 1 and not own.manager else {**everything, **sites}
    regions = sources.rows("select region from core.dim_sites where region is not null group by region order by region")
    found = {"all": "Whole organisation"}
    if len(regions) > 1:
        found |= {f"region:{region}": f"Region {region}" for region in regions["region"]}
    sites = site_names()
    if len(sites) > 1:
        found |= {f"site:{key}": f"{name} ({key})" for key, name in sites.items()}
    return found


def headline_places() -> dict[str, str]:
    """The places that headline_by_month speaks of: each site, and everything for those who see everything."""
    found = {where: name for where, name in places().items() if not where.startswith("region:")}
    is_all_known = sources.own_scope().is_everybody or len(found) == 1
    return found if is_all_known else {where: name for where, name in found.items() if where != "all"}


def in_place(where: str) -> str:
    """Where that is, inside a sentence: 'in region South', 'at Elm Street (014)'."""
    name = places().get(where, where)
    if where.startswith("site:"):
        return f"at {name}"
    if where != "all":
        return f"in {name.replace('Region ', 'region ')}"
    own = sources.own_scope()
    return (
        "in the whole organisation"
        if own.is_everybody
        else "in your reporting line"
        if own.manager
        else "at your sites"
    )
