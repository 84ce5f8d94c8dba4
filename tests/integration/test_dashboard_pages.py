"""Every page with every filter and download, on four organisations, and its figures against the published tables."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
import weasyprint

from dashboards import wording
from dashboards.questions import headline
from tests.integration.cli import published
from tests.integration.dashboard_kit import ADDRESSES, Dashboard, Drawn

LONG = [pytest.param(name, marks=pytest.mark.long) for name in ("demo_data", "single_data")]
ORGANISATIONS = ("golden_data", "bare_data", *LONG)
RAW = re.compile(r"\bnan\b|NaT|\bNone\b(?! of| runs)|\bnull\b|undefined|Traceback|[{}]|<NA>")
WITH_TIERS = ("ladder", "whole", "readiness", "turnover")
FILTERS = {  # page -> what its address takes beside the place and the tier
    "ladder": [{"outcome": "separated"}, {"by": "year"}, {"by": "site"}],
    "overview": [{"figure": name} for name in headline.FIGURES],
    "roi": [
        {"horizon": "first_year"}, {"scenario": "low"},
        {"scenario": "high", "replacement_cost": "12000", "avoided": "x"},
    ],
}  # fmt: skip


def places(connection: duckdb.DuckDBPyConnection) -> list[dict[str, str]]:
    """Everything; a region; the smallest and the largest site; one that is unknown; two tiers."""
    sites = connection.execute(
        "select site_id from metrics.core.dim_sites left join metrics.core.dim_employees using (site_id)"
        " group by site_id order by count(employee_key) filter (is_active and tier is not null), site_id"
    ).fetchall()
    regions = connection.execute(
        "select distinct region from metrics.core.dim_sites where region is not null"
    ).fetchall()
    tiers = connection.execute("select tier from metrics.core.dim_tiers").fetchall()
    return [
        {},
        *({"where": f"region:{region}"} for (region,) in regions[:1]),
        *({"where": f"site:{site}"} for (site,) in (sites[0], sites[-1])),
        {"where": "site:nowhere", "tier": "nothing"},
        *({"tier": tier} for (tier,) in tiers[:2]),
    ]


def check(drawn: Drawn, page: str) -> None:
    """It says a word, no raw value stands in a sentence, and each CSV is also an Excel file of the same rows."""
    assert len(drawn.sentences) > 40, page
    assert RAW.findall(drawn.sentences) == [], page
    for name, made in drawn.files.items():
        if name.startswith("brief-") and name.endswith(".html"):
            assert len(weasyprint.HTML(string=made.decode()).render().pages) == 1, "a brief is one page"
        if not name.endswith(".csv"):
            continue
        rows = pd.read_csv(io.BytesIO(made), dtype=str)
        same = pd.read_excel(io.BytesIO(drawn.files[name.replace(".csv", ".xlsx")]), dtype=str)
        assert list(rows.columns) == list(same.columns), name
        assert len(rows) == len(same) > 0, name


@pytest.mark.parametrize("organisation", ORGANISATIONS)
def test_every_page_with_every_filter_and_download(
    organisation: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    data: Path = request.getfixturevalue(organisation)
    dashboard = Dashboard(data, monkeypatch)
    with published(data) as connection:
        asked = places(connection)
        person = connection.execute(
            "select employee_key from metrics.core.dim_employees where is_active and tier is not null limit 1"
        ).fetchone()
    assert person is not None
    for page in ADDRESSES:
        for parameters in [*asked, *FILTERS.get(page, [])]:
            if "tier" in parameters and len(parameters) == 1 and page not in WITH_TIERS:
                continue
            check(dashboard.draw(page, downloads=len(parameters) == 0, **parameters), f"{page} {parameters}")
    check(dashboard.draw("employee", person=str(person[0])), "employee")


@pytest.mark.parametrize("organisation", ["demo_data", "golden_data"])
def test_figures_are_those_of_the_published_tables(
    organisation: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    data: Path = request.getfixturevalue(organisation)
    dashboard = Dashboard(data, monkeypatch)
    with published(data) as connection:

        def one(sql: str) -> dict[str, Any]:
            found = connection.execute(sql).df().astype(object)
            return found.where(found.notna(), None).iloc[0].to_dict()

        site = one("select max(site_id) as site_id from metrics.marts.turnover_by_month")["site_id"]
        for place, condition in (({}, "site_id is null"), ({"where": f"site:{site}"}, f"site_id = '{site}'")):
            now = one(f"from metrics.marts.headline_by_month where {condition} order by month desc limit 1")
            here = "true" if not place else condition
            overview = dashboard.draw("overview", **place)
            for name, (label, form) in list(headline.FIGURES.items())[:4]:
                write = {"percent": wording.percent, "count": wording.count, "dollars": wording.dollars}[form]
                assert overview.figures[label] == write(now[name]), (name, place)
            turnover = dashboard.draw("turnover", **place)
            assert turnover.figures["Left by own decision, a year"] == wording.percent(
                now["voluntary_turnover_rate_12m"]
            )
            training = dashboard.draw("training", **place)
            if now["completed_on_time_rate_base"]:
                assert training.figures["Done on time"] == wording.percent(now["completed_on_time_rate"])
            certification = dashboard.draw("certification", **place)
            if now["certified_in_time_rate_base"]:
                assert certification.figures["Certified in time"] == wording.percent(now["certified_in_time_rate"])
            waiting = one(
                "select count(distinct employee_key) as ready,"
                " count(distinct employee_key) filter (days_waiting > 90) as long"
                f" from metrics.marts.promotion_readiness where is_ready and {here}"
            )
            readiness = dashboard.draw("readiness", **place)
            if waiting["ready"]:
                assert readiness.figures["Ready now"] == wording.count(waiting["ready"])
                assert readiness.figures["Ready for over 90 days"] == wording.count(waiting["long"])
            drawn = pd.read_csv(io.BytesIO(turnover.files["turnover-months.csv"]))
            left = one(f"select sum(separations_voluntary) as n from metrics.marts.turnover_by_month where {here}")
            if "Mean" in drawn:  # by month; where months tell too little, by twelve months
                assert drawn["Left by own decision"].sum() == left["n"]
        ladder = dashboard.draw("ladder")
        years = pd.read_csv(io.BytesIO(ladder.files["ladder-years.csv"]))
        tier = one("select tier from metrics.core.dim_tiers where is_entry order by rank limit 1")["tier"]
        wanted = connection.execute(
            "select promoted_within_365 from metrics.marts.tier_tenure_by_entry_year"
            f" where tier = '{tier}' order by entry_year"
        ).df()
        assert years["Promoted within a year"].tolist() == pytest.approx(
            wanted["promoted_within_365"].tolist(), nan_ok=True
        )
        worth = connection.execute("from metrics.marts.program_roi where scope = 'all'").df()
        if not worth.empty:
            roi = dashboard.draw("roi")
            listed = pd.read_csv(io.BytesIO(roi.files["roi-scenarios.csv"]))
            assert sorted(listed["Costs"]) == pytest.approx(sorted(worth["costs_usd"]))
        assert_what_if_is_the_published_worth(dashboard, worth)


def assert_what_if_is_the_published_worth(dashboard: Dashboard, worth: pd.DataFrame) -> None:
    """With nothing moved, the sliders give the published net benefit of every scenario and horizon."""
    for line in worth.dropna(subset=["net_benefit_usd"]).itertuples(index=False):
        drawn = dashboard.draw("roi", horizon=str(line.horizon), scenario=str(line.scenario))
        assert f"the net benefit is **{wording.plain(wording.dollars(float(line.net_benefit_usd)))}**" in drawn.words


def test_a_whole_table_is_downloaded_where_the_page_shows_its_first_rows(
    demo_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = Dashboard(demo_data, monkeypatch).draw("ladder")
    with published(demo_data) as connection:
        unmet = connection.execute(
            "select count(*) from metrics.marts.promotion_requirements where not is_met"
        ).fetchone()
    assert unmet is not None
    assert unmet[0] > 500
    assert f"The first 500 of {unmet[0]:,} rows" in drawn.words
    assert len(pd.read_csv(io.BytesIO(drawn.files["ladder-people.csv"]))) == unmet[0]


def test_the_summary_page_says_what_the_summary_says(demo_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = Dashboard(demo_data, monkeypatch).draw("whole")
    years = pd.read_csv(io.BytesIO(drawn.files["whole-years.csv"]))
    with published(demo_data) as connection:
        wanted = connection.execute(
            "select separations_voluntary, voluntary_turnover_rate from summary.main.turnover_by_period"
            " where level = 'all' and period = 'year' order by starts_on"
        ).df()
    assert years["Left by own decision"].tolist() == pytest.approx(
        wanted["separations_voluntary"].tolist(), nan_ok=True
    )
    assert years["Turnover a year"].tolist() == pytest.approx(wanted["voluntary_turnover_rate"].tolist(), nan_ok=True)


def test_a_site_is_named_only_where_its_exact_interval_leaves_the_mean_out(
    demo_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Limits by sigmas named a site of seven people with five departures: one organisation in ten has one by chance."""
    drawn = Dashboard(demo_data, monkeypatch).draw("turnover")
    sites = pd.read_csv(io.BytesIO(drawn.files["turnover-sites.csv"]))
    with published(demo_data) as connection:
        connection.execute("use metrics")
        outside = connection.execute(
            """with sums as (
                select site_id, sum(separations_voluntary_12m)::bigint as k, sum(person_years_12m) as t
                from marts.turnover_by_month where month = (select max(month) from marts.turnover_by_month)
                group by site_id
            )
            select count(*) from sums where t > 0 and (poisson_low_998(k, t) > (select sum(k) / sum(t) from sums)
                or poisson_high_998(k, t) < (select sum(k) / sum(t) from sums))"""
        ).fetchone()
    assert outside is not None
    assert sites["Outside the limits"].sum() == outside[0]
