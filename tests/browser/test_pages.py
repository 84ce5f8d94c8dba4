"""Every page, on an organisation with most feeds and on one with the required ones alone, wide and on a phone."""

from __future__ import annotations

import io
import re
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from playwright.sync_api import expect

from dashboards.app_pages import PAGES
from tests.browser.conftest import Visit, Visitor
from tests.integration.cli import published

ADDRESSES = [address for entries in PAGES.values() for address, _, _ in entries]
COMPLAINT = re.compile(r"Traceback|Error|Warning|WARN|deprecat", re.IGNORECASE)
START = ADDRESSES[0]  # the app's own address
RAW = ("nan", "NaT", "(None)", "None,", "None;", "None %", "null", "undefined", "Traceback", "does not seem to exist")


def address(page: str) -> str:
    return "" if page == START else page


LONG = [pytest.param(name, marks=pytest.mark.long) for name in ("demo_data", "single_data")]
ORGANISATIONS = ("golden_data", "bare_data", *LONG)
CHART = '[data-testid="stVegaLiteChart"]'
FITS = "width => document.querySelector('[data-testid=stMain]').scrollWidth <= width"
# Text less than 4.5 times as bright or dark as what it stands on; what is switched off or hidden does not count.
FAINT = """() => {
    const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b };
    const parse = text => { const m = text.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m };
    const under = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
        if (c[3] > .99) return c.slice(0, 3) } return [255, 255, 255] };
    const found = [];
    for (const e of document.querySelectorAll('[data-testid=stMain] :is(p, h1, h2, h3, li, strong, text)')) {
        if (![...e.childNodes].some(n => n.nodeType == 3 && n.textContent.trim())) continue;
        if (e.closest('[disabled], :disabled, [data-testid=stSlider], [aria-disabled=true]')) continue;
        const label = e.closest('[data-testid=stWidgetLabel]');
        if (label?.parentElement.querySelector('[aria-disabled=true], [disabled]')) continue;
        const style = getComputedStyle(e), c = parse(e instanceof SVGElement ? style.fill : style.color), b = under(e);
        let a = c[3]; for (let p = e; p; p = p.parentElement) a *= parseFloat(getComputedStyle(p).opacity);
        if (a < .05) continue;
        const [x, y] = [light(c.slice(0, 3).map((v, i) => v * a + b[i] * (1 - a))), light(b)];
        const ratio = (Math.max(x, y) + .05) / (Math.min(x, y) + .05);
        if (ratio < 4.5) found.push(`${ratio.toFixed(2)}: ${e.textContent.trim().slice(0, 40)}`);
    }
    return found }"""


@pytest.mark.parametrize("organisation", ORGANISATIONS)
def test_every_page_stands_whatever_has_been_delivered(
    visit: Visit, organisation: str, request: pytest.FixtureRequest
) -> None:
    """Light, dark for one; by the menu, for which the browser loads nothing anew, some pages by their address."""
    visitor = visit(request.getfixturevalue(organisation), is_dark=organisation == "demo_data")
    for page in ADDRESSES:
        is_opened = page == START or (organisation == "golden_data" and page in ADDRESSES[::3])
        seen = visitor.open(address(page)) if is_opened else visitor.turn_to(page)
        said = visitor.text()
        assert [raw for raw in RAW if raw in said.split()] == [], page
        assert seen.locator('[data-testid="stException"]').count() == 0, page
        assert seen.locator("h1").count() == 1, page
        assert "Data as of " in said, page
        assert seen.get_by_text("Definition").count() >= 1 or seen.locator('[data-testid="stAlert"]').count(), page
        drawn = seen.locator(f"{CHART} :is(svg, canvas)")
        expect(drawn, f"{page}: a chart is not drawn").to_have_count(seen.locator(CHART).count())
        if organisation in ("golden_data", "demo_data"):
            assert seen.evaluate(FAINT) == [], page
        if organisation == "demo_data":
            for width in (640, 390):  # as a browser at 200 % lays a window of 1280 pixels out, and a phone
                assert_fits(visitor, page, width)
    assert complaints(visitor) == []


def assert_fits(visitor: Visitor, page: str, width: int) -> None:
    """In a window of this width nothing of the page is cut off; leaves the window as wide as it was."""
    before = visitor.page.viewport_size
    assert before is not None
    visitor.page.set_viewport_size({"width": width, "height": before["height"]})
    try:
        visitor.page.wait_for_function(FITS, arg=width, timeout=10_000)  # tables take their new width in steps
    except PlaywrightTimeoutError:
        raise AssertionError(f"{page} is wider than {width} px") from None
    visitor.page.set_viewport_size(before)


def complaints(visitor: Visitor) -> list[str]:
    """What the server's log warned of."""
    return [line for line in visitor.served.said().splitlines() if COMPLAINT.search(line)]


def test_the_keyboard_reaches_pages_filters_downloads_and_definitions(visit: Visit, golden_data: Path) -> None:
    page = visit(golden_data).open("training")
    wanted = {"stSidebarNavLink", "stSelectbox", "stPopoverButton", "stBaseButton-secondary"}  # the last: downloads
    for _ in range(200):
        page.keyboard.press("Tab")
        wanted.discard(page.evaluate("document.activeElement.closest('[data-testid]')?.dataset.testid"))
        if not wanted:
            return
    raise AssertionError(f"not reached: {wanted}")


def test_a_moved_assumption_stands_in_the_address(visit: Visit, demo_data: Path) -> None:
    visitor = visit(demo_data)
    page = visitor.open("roi?replacement_cost=12000")
    assert "replacement_cost=12000" in page.url
    benefit = page.get_by_text("the net benefit is")
    before = benefit.inner_text()
    page.get_by_role("slider").nth(0).press("ArrowRight")
    expect(benefit).not_to_have_text(before)
    page.wait_for_url(lambda url: url.count("=") == 2)
    visitor.settled()
    shared = page.url
    visitor.open(shared.rpartition("/")[2])
    assert page.url == shared


def test_a_definition_is_one_click_away(visit: Visit, golden_data: Path) -> None:
    page = visit(golden_data).open("turnover")
    page.get_by_role("button", name="Definition", exact=False).first.click()
    with published(golden_data) as connection:
        comment = connection.execute(
            "select comment from duckdb_tables() where table_name = 'turnover_by_month'"
        ).fetchone()
    assert comment is not None
    page.get_by_text(comment[0].split(".")[0]).first.wait_for()


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


def test_on_paper_a_page_has_neither_menu_nor_buttons(visit: Visit, golden_data: Path) -> None:
    page = visit(golden_data).open("roi")
    parts = {name: page.get_by_test_id(name).first for name in ("stSidebar", "stDownloadButton", "stPopover")}
    for name in ("stSidebar", "stPopover"):
        expect(parts[name]).to_be_visible()
    page.emulate_media(media="print")
    for part in parts.values():
        expect(part).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()


def test_a_filter_stands_in_the_address(visit: Visit, golden_data: Path) -> None:
    visitor = visit(golden_data)
    page = visitor.open("turnover?where=region:South")
    assert "region South" in visitor.text()
    page.get_by_role("combobox").first.click()
    page.get_by_role("option", name="Whole organisation").click()
    page.wait_for_url(lambda url: "where=" not in url)


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
