"""Who is certified, who has to be by when, and whose credentials run out."""

from dashboards import sources
from dashboards.cell import Cell
from dashboards.frame import Frame


def rules() -> Frame:
    """The certification rules, those for every state first."""
    return sources.rows(
        """
        select rule_id, coalesce(name, credential_code) || ' within ' || months || ' months of '
            || case clock when 'registration' then 'registration' when 'ladder_entry' then 'entering the ladder'
                else 'hire' end || coalesce(' (' || state || ')', '') as label
        from core.dim_certification_rules left join core.dim_credential_types using (credential_code)
        order by state nulls first, months, rule_id
        """
    )


def pipeline(cell: Cell, rule_id: str) -> Frame:
    """People under a rule and without the certification, nearest deadline first."""
    return sources.rows(
        f"""
        select employee_key, coalesce(name, site_id) as site, credential_code, deadline_on, days_left, attempts, state,
            may_retake_on, weakest_area
        from marts.certification_pipeline left join (select site_id, name from core.dim_sites) using (site_id)
        where rule_id = $rule_id and {cell.condition()} order by deadline_on, employee_key
        """,
        {**cell.params, "rule_id": rule_id},
    )


def deadlines(cell: Cell, within_days: int) -> Frame:
    """People without a certification whose deadline, under any rule, is past or comes within so many days."""
    return sources.rows(
        f"""
        select employee_key, credential_code, min(deadline_on) as deadline_on
        from marts.certification_pipeline where days_left <= $within_days and {cell.condition()}
        group by employee_key, credential_code order by deadline_on, employee_key
        """,
        {**cell.params, "within_days": within_days},
    )


def cohorts(cell: Cell, rule_id: str) -> Frame:
    """Cohorts by year of entry: certified in time of all whose time is up, and of those who had not left before."""
    return sources.rows(
        f"""
        select year(cohort_month)::varchar as label, sum(entrants) as entrants, sum(matured) as matured,
            sum(certified_in_time) as certified, sum(left_uncertified) as left_uncertified,
            sum(stayed_or_certified) as stayed,
            sum(certified_in_time) / nullif(sum(matured), 0) as value,
            wilson_low(sum(certified_in_time), sum(matured)) as low,
            wilson_high(sum(certified_in_time), sum(matured)) as high,
            sum(certified_in_time) / nullif(sum(stayed_or_certified), 0) as of_stayed
        from marts.certification_by_cohort where rule_id = $rule_id and {cell.condition()}
        group by label having matured > 0 order by label
        """,
        {**cell.params, "rule_id": rule_id},
    )


def recent(cell: Cell, rule_id: str) -> dict[str, float | None]:
    """Those whose deadline fell in the last twelve months of cohorts, with both denominators."""
    return sources.row(
        f"""
        with places as (
            select *, dense_rank() over (order by cohort_month desc) as place from marts.certification_by_cohort
            where rule_id = $rule_id and matured > 0
        )
        select sum(matured) as matured, sum(certified_in_time) as certified, sum(stayed_or_certified) as stayed,
            sum(certified_in_time) / nullif(sum(matured), 0) as value,
            wilson_low(sum(certified_in_time), sum(matured)) as low,
            wilson_high(sum(certified_in_time), sum(matured)) as high,
            sum(certified_in_time) / nullif(sum(stayed_or_certified), 0) as of_stayed,
            wilson_low(sum(certified_in_time), sum(stayed_or_certified)) as of_stayed_low,
            wilson_high(sum(certified_in_time), sum(stayed_or_certified)) as of_stayed_high
        from places where place <= 12 and {cell.condition()}
        """,
        {**cell.params, "rule_id": rule_id},
    )


def renewals(cell: Cell) -> Frame:
    """Credentials that lapsed or expire within 90 days, soonest first, and the hours they still need."""
    return sources.rows(
        f"""
        select employee_key, coalesce(dim_sites.name, site_id) as site, credential_code, expires_on, days_to_expiry,
            ce_hours_earned, ce_hours_short, replace(replace(ce_topics_short, '_', ' '), ',', ', ') as ce_topics_short,
            status
        from marts.credential_renewals join core.dim_employees using (employee_key)
        left join core.dim_sites using (site_id)
        where status <> 'current' and {cell.condition("dim_employees.site_id")} order by expires_on, employee_key
        """,
        cell.params,
    )


def continuing_education(cell: Cell) -> Frame:
    """Continuing education by quarter: active people, those with credits, with interval; hours."""
    return sources.rows(
        f"""
        select quarter as month, sum(active) as active, sum(with_credits) as with_credits, sum(hours) as hours,
            sum(rewarded) as rewarded, sum(with_credits) / nullif(sum(active), 0) as value,
            wilson_low(sum(with_credits), sum(active)) as low, wilson_high(sum(with_credits), sum(active)) as high,
            quarter + interval 3 months <= (select as_of_on + 1 from quality.release) as is_complete
        from marts.ce_participation_by_quarter where {cell.condition()} group by quarter order by quarter
        """,
        cell.params,
    )
