"""Nor is the time before: lists begin on a day, and who had left before it is on none of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.cli import published, synced

PROGRAM = {
    "sites": "site_id,name\nM1,Main street\n",
    "tiers": "tier,title,track,rank,is_entry\nL1,Technician,core,1,true\nL2,Senior,core,2,false\n",
    "tier_paths": "from_tier,to_tier\nL1,L2\n",
    "job_tiers": "job_code,effective_on,tier\nTECH,,L1\n",
}
HEADER = "employee_id,full_name,hired_on,terminated_on,separation_type,job_code,site_id,employment_class"
LEFT = {0: "2024-01-10,voluntary", 1: "2024-01-11,voluntary"}


def weekly_list(left: dict[int, str]) -> str:
    """Twenty people, all hired four years before the first list."""
    people = [f"7{n:02},Person {n},2020-01-01,{left.get(n, ',')},TECH,M1,full_time" for n in range(20)]
    return "\n".join([HEADER, *people, ""])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two weekly lists; two of the people on the first left before the second."""
    folder = tmp_path_factory.mktemp("watched")
    exports = folder / "exports"
    exports.mkdir()
    lists = {"roster_2024-01-07": weekly_list({}), "roster_2024-01-14": weekly_list(LEFT)}
    for name, text in (PROGRAM | lists).items():
        (exports / f"{name}.csv").write_text(text, encoding="utf-8")
    return synced(exports, folder / "data", as_of="2024-01-14")


def test_person_time_begins_with_the_first_list(data: Path) -> None:
    """18 people for 8 days, one for 4 and one for 5: 153 days, 0.42 years, in which two left."""
    with published(data) as connection:
        months = connection.execute(
            "select month, person_days, separations_voluntary_12m, person_years_12m, voluntary_turnover_rate_12m,"
            " classic_turnover_rate_12m, is_covered from metrics.marts.turnover_by_month order by month"
        ).fetchall()
        headline = connection.execute(
            "select voluntary_turnover_rate_12m, voluntary_turnover_rate_12m_base from metrics.marts.headline_by_month"
            " where site_id is null and month = '2024-01-01'"
        ).fetchone()
        earlier = connection.execute(
            "select count(*), count(voluntary_turnover_rate_12m) from metrics.marts.headline_by_month"
            " where month < '2024-01-01'"
        ).fetchone()
        closing = connection.execute(
            "select closing from metrics.marts.headcount_walk_by_month where month = '2023-12-01'"
        ).fetchone()
    assert len(months) == 49
    assert {row[1:] for row in months[:-1]} == {(0, 0, 0.0, None, None, False)}
    assert months[-1][1:] == (153, 2, 153 / 365.25, pytest.approx(2 * 365.25 / 153), None, True)
    assert headline == (pytest.approx(2 * 365.25 / 153), 153 / 365.25)
    assert earlier is not None and earlier[1] == 0
    assert closing == (20,)


def test_who_was_hired_before_the_first_list_says_nothing_of_early_leavers(data: Path) -> None:
    with published(data) as connection:
        cohorts = connection.execute("select count(*) from metrics.marts.new_hire_attrition").fetchone()
    assert cohorts == (0,)


def test_a_tier_is_not_known_before_somebody_was_at_risk_in_it(data: Path) -> None:
    with published(data) as connection:
        tenure = connection.execute(
            "select spells, separations, promoted_within_365, separated_within_730 from metrics.marts.tier_tenure"
            " where tier = 'L1'"
        ).fetchone()
        curve = connection.execute(
            "select days, at_risk, separated, separated_incidence from metrics.marts.tier_tenure_curve order by days"
        ).fetchall()
        within = connection.execute(
            "select count(promoted_within_365), count(promotion_rate_12m) from metrics.marts.headline_by_month"
            " where month < '2024-01-01'"
        ).fetchone()
    assert tenure == (20, 2, None, None)
    assert curve == [(1471, 20, 1, None), (1472, 19, 1, None), (1475, 18, 0, None)]
    assert within == (0, 0)
