"""Who is certified, who has to be by when, and whose credentials run out."""

from typing import Any

from dashboards import sources
from dashboards.cell import Cell
from dashboards.frame import Frame


def rules() -> Frame:
    """The certification rules; first the organisation's own goal, as the overview has it: for every state, with most time."""
    return sources.rows(
        """
        select rule_id, coalesce(name, credential_code) || ' within ' || months || ' months of '
            || case clock when 'registration' then 'registration' when 'ladder_entry' then 'entering the ladder'
                else 'hire' end || coalesce(' (' || state || ')', '') as label
        from core.dim_certification_rules left join core.dim_credential_types using (credential_code)
        order by state nulls first, months desc, rule_id
        """
    )


# Whoever has passed and is not on file yet has no state: neither late nor on the way to the exam.
STATE = "coalesce(state, case when passed_on is not null then 'passed_not_on_file_yet' end) as state"


def pipeline(cell: Cell, rule_id: str, most: int | None = None) -> Frame:
    """People under a rule and without the certification, nearest deadline first."""
    return sources.rows(
        f"""
        select employee_key, coalesce(name, site_id) as site, credential_code, deadline_on, days_left, attempts,
            {STATE}, may_retake_on, weakest_area, count(*) over () as of_all
        from marts.certification_pipeline left join (select site_id, name from core.dim_sites) using (site_id)
        where rule_id = $rule_id and {cell.condition()} order by deadline_on, employee_key
        {"" if most is None else f"limit {most}"}
        """,
        {**cell.params, "rule_id": rule_id},
    )


def states(cell: Cell, rule_id: str) -> Frame:
    """Where those people stand: state, people, soon (deadline within 90 days), and the nearest deadline with its site.

    soon_on: the nearest deadline that is still ahead.
    """
    return sources.rows(
        f"""
        select {STATE}, count(*) as people, count(*) filter (days_left between 0 and 90 and passed_on is null) as soon, min(deadline_on) as first_on,
            arg_min(coalesce(name, site_id), (deadline_on, employee_key)) as first_site,
            min(deadline_on) filter (days_left >= 0) as soon_on
        from marts.certification_pipeline left join (select site_id, name from core.dim_sites) using (site_id)
        where rule_id = $rule_id and {cell.condition()} group by all
        """,
        {**cell.params, "rule_id": rule_id},
    )


def deadlines(cell: Cell, within_days: int, most: int) -> Frame:
    """People without a certification whose deadline, under any rule, is past or comes within so many days."""
    return sources.rows(
        f"""
        select employee_key, credential_code, min(deadline_on) as deadline_on, count(*) over () as of_all
        from marts.certification_pipeline
        where (state = 'overdue' or days_left between 0 and $within_days) and passed_on is null and {cell.condition()}
        group by employee_key, credential_code order by deadline_on, employee_key limit {most}
        """,
        {**cell.params, "within_days": within_days},
    )


def cohorts(cell: Cell, rule_id: str) -> Frame:
    """Cohorts by year of entry: certified in time of all whose time is up, and of those there at the deadline."""
    return sources.rows(
        f"""
        select year(cohort_month)::varchar as label, sum(entrants) as entrants, sum(matured) as matured,
            sum(certified_in_time) as certified, sum(left_uncertified) as left_uncertified,
            sum(stayed) as stayed,
            sum(certified_in_time) / nullif(sum(matured), 0) as value,
            wilson_low(sum(certified_in_time), sum(matured)) as low,
            wilson_high(sum(certified_in_time), sum(matured)) as high,
            sum(certified_of_stayed) / nullif(sum(stayed), 0) as of_stayed
        from marts.certification_by_cohort where rule_id = $rule_id and {cell.condition()}
        group by label having matured > 0 order by label
        """,
        {**cell.params, "rule_id": rule_id},
    )


def recent(cell: Cell, rule_id: str) -> dict[str, float | None]:
    """Those whose deadline fell in the twelve months to the day of the data, with both denominators."""
    return sources.row(
        f"""
        select sum(matured) as matured, sum(certified_in_time) as certified, sum(stayed) as stayed,
            sum(certified_in_time) / nullif(sum(matured), 0) as value,
            wilson_low(sum(certified_in_time), sum(matured)) as low,
            wilson_high(sum(certified_in_time), sum(matured)) as high,
            sum(certified_of_stayed) / nullif(sum(stayed), 0) as of_stayed,
            wilson_low(sum(certified_of_stayed), sum(stayed)) as of_stayed_low,
            wilson_high(sum(certified_of_stayed), sum(stayed)) as of_stayed_high
        from marts.certification_by_cohort join core.dim_certification_rules using (rule_id) cross join quality.release
        where rule_id = $rule_id and {cell.condition()}
            and cohort_month + to_months(months) > date_trunc('month', as_of_on) - interval 12 months
        """,
        {**cell.params, "rule_id": rule_id},
    )


RENEWED = """
    from marts.credential_renewals join core.dim_employees using (employee_key)
    left join core.dim_sites using (site_id) where status <> 'current'
"""


def renewals(cell: Cell, most: int | None = None, status: str = "") -> Frame:
    """Credentials that lapsed or expire within 90 days (or of one status), soonest first, and the hours they still need.

    What lapsed more than a year ago comes last: it is data to correct rather than a talk to have.
    """
    return sources.rows(
        f"""
        select employee_key, coalesce(dim_sites.name, site_id) as site, credential_code, expires_on, days_to_expiry,
            ce_hours_earned, ce_hours_short, replace(replace(ce_topics_short, '_', ' '), ',', ', ') as ce_topics_short,
            status, count(*) over () as of_all
        {RENEWED} and $status in ('', status) and {cell.condition("dim_employees.site_id")}
        order by days_to_expiry < -365, expires_on, employee_key
        {"" if most is None else f"limit {most}"}
        """,
        {**cell.params, "status": status},
    )


def renewal_sums(cell: Cell) -> dict[str, Any]:
    """Of `renewals`: how many, lapsed; of those still to expire and short of hours: people, hours short, the first expiry."""
    return sources.row(
        f"""
        select count(*) as credentials, count(*) filter (status = 'lapsed') as lapsed,
            count(distinct employee_key) filter (is_short) as people_short, sum(ce_hours_short) filter (is_short) as hours_short,
            min(expires_on) filter (is_short) as first_on
        from (select *, status = 'due' and ce_hours_short > 0 as is_short {RENEWED} and {cell.condition("dim_employees.site_id")})
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
