"""One person's path, skills, credentials and next steps."""

from dashboards import sources
from dashboards.cell import Cell
from dashboards.frame import Frame


def people(cell: Cell) -> Frame:
    """Active people on the ladder."""
    return sources.rows(
        f"""
        select employee_key, coalesce(title, tier) as tier, coalesce(name, site_id) as site
        from core.dim_employees left join core.dim_tiers using (tier)
        left join (select site_id, name from core.dim_sites) using (site_id)
        where is_active and tier is not null and {cell.condition()} order by employee_key
        """,
        cell.params,
    )


def person(employee_key: str) -> dict[str, object]:
    """Where a person stands."""
    return sources.row(
        """
        select e.*, t.title, coalesce(s.name, e.site_id) as site, r.as_of_on from core.dim_employees as e
        left join core.dim_tiers as t using (tier) left join core.dim_sites as s using (site_id)
        cross join quality.release as r where employee_key = $person
        """,
        {"person": employee_key},
    )


def path(employee_key: str) -> Frame:
    """Tier spells, oldest first."""
    return sources.rows(
        """
        select coalesce(title, tier) as tier, started_on, coalesce(ended_on, as_of_on + 1) as until_on, ended_on, days,
            start_reason, end_reason
        from core.fct_tier_spells left join core.dim_tiers using (tier) cross join quality.release
        where employee_key = $person order by started_on
        """,
        {"person": employee_key},
    )


def requirements(employee_key: str) -> Frame:
    """Every requirement of every reachable tier."""
    return sources.rows(
        """
        select coalesce(title, to_tier) as to_title, kind, threshold, value, is_met, cause,
            if(kind = 'evaluation_average', target || ' months', target) as target
        from marts.promotion_requirements left join core.dim_tiers on to_tier = tier
        where employee_key = $person order by to_title, is_met, requirement_id
        """,
        {"person": employee_key},
    )


def skills(employee_key: str) -> Frame:
    """Skills with their status."""
    return sources.rows(
        """
        select coalesce(name, skill_id) as skill, status, qualified_on, expires_on, is_required
        from marts.training_matrix left join core.dim_skills using (skill_id)
        where employee_key = $person order by is_required desc, skill
        """,
        {"person": employee_key},
    )


def credentials(employee_key: str) -> Frame:
    """Credentials in force or lapsed, with the hours that the renewal still needs."""
    return sources.rows(
        """
        select credential_code, issued_on, expires_on, status, ce_hours_earned, ce_hours_short
        from marts.credential_renewals where employee_key = $person order by expires_on
        """,
        {"person": employee_key},
    )
