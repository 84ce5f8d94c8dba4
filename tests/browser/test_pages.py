"""Every page, on an organisation with most feeds and on one with the required ones alone, wide and on a phone."""

from __future__ import annotations

import io
import re
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from dashboards.app_pages import PAGES
from tests.browser.conftest import Visit
from tests.integration.cli import published

ADDRESSES = [address for entries in PAGES.values() for address, _, _ in entries]
COMPLAINT = re.compile(r"Traceback|Error|Warning|WARN|deprecat", re.IGNORECASE)
START = ADDRESSES[0]  # the app's own address
RAW = ("nan", "NaT", "(None)", "None,", "None;", "None %", "null", "undefined", "Traceback", "does not seem to exist")


def address(page: str) -> str:
    return "" if page == START else page


@pytest.mark.parametrize("organisation", ["golden_data", "bare_data"])
def test_every_page_stands_whatever_has_been_delivered(
    visit: Visit, organisation: str, request: pytest.FixtureRequest
) -> None:
    data: Path = request.getfixturevalue(organisation)
    visitor = visit(data)
    for page in ADDRESSES:
        seen = visitor.open(address(page))
        words = visitor.text().split()
        assert [raw for raw in RAW if raw in words] == [], page
        assert seen.locator('[data-testid="stException"]').count() == 0, page
        assert seen.locator("h1").count() == 1, page
        has_date = "Data as of 17 Jun 2025" in visitor.text() or "No summary has been published" in visitor.text()
        assert has_date or organisation == "bare_data", page
        assert seen.get_by_text("Definitions").count() >= 1 or seen.locator('[data-testid="stAlert"]').count(), page
    complaints = [line for line in visitor.served.said().splitlines() if COMPLAINT.search(line)]
    assert complaints == []


def test_pages_fit_a_phone(visit: Visit, golden_data: Path) -> None:
    visitor = visit(golden_data, width=390)
    for page in ADDRESSES:
        seen = visitor.open(address(page))
        wide = seen.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        assert wide <= 390, f"{page} is {wide} px wide"


def test_the_overview_says_what_is_published(visit: Visit, golden_data: Path) -> None:
    with published(golden_data) as connection:
        figure = connection.execute(
            "select voluntary_turnover_rate_12m, completed_on_time_rate, ready_waiting_over_90"
            " from metrics.marts.headline_by_month where site_id is null order by month desc limit 1"
        ).fetchone()
    assert figure is not None
    values = visit(golden_data).open("").locator('[data-testid="stMetricValue"]').all_inner_texts()
    assert f"{figure[0]:.0%}".replace("%", " %") in values
    assert f"{figure[1]:.0%}".replace("%", " %") in values
    assert f"{figure[2]:.0f}" in values


def test_a_download_holds_the_table(visit: Visit, golden_data: Path) -> None:
    page = visit(golden_data).open("data_health")
    with page.expect_download() as started:
        page.get_by_role("button", name="Excel").first.click()
    found = pd.read_excel(io.BytesIO(Path(started.value.path()).read_bytes()))
    with published(golden_data) as connection:
        problems = connection.execute("select problem from metrics.quality.standing_problems").fetchall()
    assert sorted(found["What is wrong"]) == sorted(problem for (problem,) in problems)


def test_a_filter_stands_in_the_address(visit: Visit, golden_data: Path) -> None:
    visitor = visit(golden_data)
    page = visitor.open("turnover?where=region:South")
    assert "region South" in visitor.text()
    page.get_by_role("combobox").first.click()
    page.get_by_role("option", name="Whole organisation").click()
    visitor.settled()
    assert "where=" not in page.url


def test_a_new_release_is_seen_without_a_restart(visit: Visit, golden_data: Path, tmp_path: Path) -> None:
    """`current` is swapped under a server that is running, as a sync does it."""
    data = tmp_path / "data"
    release = (golden_data / "current").resolve()
    for name in ("one", "two"):
        (data / "releases" / name / "restricted").mkdir(parents=True)
        (data / "releases" / name / "metrics.duckdb").write_bytes((release / "metrics.duckdb").read_bytes())
        people = (release / "restricted" / "people.duckdb").read_bytes()
        (data / "releases" / name / "restricted" / "people.duckdb").write_bytes(people)
        with duckdb.connect(data / "releases" / name / "metrics.duckdb") as connection:
            connection.execute("update quality.release set release_id = ?", [name])
    (data / "current").symlink_to("releases/one")
    visitor = visit(data)
    visitor.open("data_health")
    assert "Release one" in visitor.text()
    (data / ".next").symlink_to("releases/two")
    (data / ".next").replace(data / "current")
    visitor.open("data_health")
    assert "Release two" in visitor.text()


def test_nothing_published_yet_is_said(visit: Visit, tmp_path: Path) -> None:
    visitor = visit(tmp_path)
    visitor.open("")
    assert "rxladder sync" in visitor.text()
