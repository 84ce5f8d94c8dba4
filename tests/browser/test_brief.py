"""The monthly brief: what a manager prints is one page, with the figures of the overview."""

from __future__ import annotations

from pathlib import Path

import pytest
import weasyprint
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.integration.cli import published


def downloaded(page: Page, kind: str) -> bytes:
    with page.expect_download() as started:
        page.get_by_role("button", name=kind, exact=True).click()
    return Path(started.value.path()).read_bytes()


@pytest.mark.parametrize("place", ["", "?where=site:S01"])
def test_a_brief_is_one_page_with_the_overviews_figures(visit: Visit, golden_data: Path, place: str) -> None:
    page = visit(golden_data).open(f"monthly_brief{place}")
    written = downloaded(page, "HTML").decode()
    assert len(weasyprint.HTML(string=written).render().pages) == 1
    assert downloaded(page, "PDF").startswith(b"%PDF-")
    with published(golden_data) as connection:
        found = connection.execute(
            "select ready_waiting_over_90 from metrics.marts.headline_by_month"
            " where site_id is not distinct from $site order by month desc limit 1",
            {"site": place.rpartition(":")[2] or None},
        ).fetchone()
    assert found is not None
    assert f"Ready, waiting over 90 days<b>{found[0]:.0f}</b>" in written
    assert "data:image/svg+xml" in written
    assert "http" not in written, "a brief refers to nothing elsewhere"


def test_a_brief_without_anything_optional_is_written_too(visit: Visit, bare_data: Path) -> None:
    written = downloaded(visit(bare_data).open("monthly_brief"), "HTML").decode()
    assert written.count("No data: what it is told from has not been delivered.") == 4
