"""Silence is not zero: what a sync says of feeds that stopped, and from which day on it asks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.integration.cli import assert_same, content, published, rxladder, said, succeeded, sync

PROGRAM = {
    "sites": "site_id,name,region,state\nN1,North,east,OH\n",
    "tiers": "tier,title,track,rank,is_entry\nL1,Technician,core,1,true\n",
    "tier_paths": "from_tier,to_tier\n",
    "job_tiers": "job_code,effective_on,tier\nTECH,,L1\n",
    "courses": "course_id,title,category,duration_hours\nPRIV,Privacy,compliance,1\n",
}
PEOPLE = ("0101", "0102", "0103")
STOPPED_ON = date(2026, 2, 14)


def written(folder: Path, files: dict[str, str]) -> Path:
    """Write a drop folder."""
    folder.mkdir()
    for name, text in (PROGRAM | files).items():
        (folder / (name if "." in name else f"{name}.csv")).write_text(text, encoding="utf-8")
    return folder


def lines(header: str, rows: list[str]) -> str:
    return "\n".join([header, *rows, ""])


def test_a_feed_that_stopped_covers_through_its_newest_record_until_somebody_says_that_there_was_none(
    tmp_path: Path,
) -> None:
    completed = [STOPPED_ON - timedelta(days=2 * n) for n in reversed(range(205))]
    exports = written(
        tmp_path / "exports",
        {
            "employees": lines("employee_id,full_name", [f"{one},Person {one}" for one in PEOPLE]),
            "job_history": lines(
                "employee_id,effective_on,event,job_code,site_id,employment_class",
                [f"{one},2024-02-01,hire,TECH,N1,full_time" for one in PEOPLE],
            ),
            "completions": lines(
                "completion_id,employee_id,course_id,completed_on",
                [f"c{n},{PEOPLE[n % 3]},PRIV,{day}" for n, day in enumerate(completed)],
            ),
            "assignments": lines(
                "assignment_id,employee_id,course_id,assigned_on,due_on",
                [f"a{n},{PEOPLE[n % 3]},PRIV,2026-02-{n:02},2026-03-{n:02}" for n in range(1, 19)],
            ),
        },
    )
    data = tmp_path / "data"
    ended = sync(exports, data, as_of="2026-03-31")
    assert ended.returncode == 3, said(ended)
    assert "completions of exports is known through 14 February 2026" in ended.stdout
    assert "silent for 45 days since 14 February 2026" in ended.stdout
    assert "rxladder acknowledge exports/completions" in ended.stdout
    with published(data) as connection:
        found = connection.execute(
            "select feed, covers_through_on, is_silent from metrics.quality.coverage"
            " where covers_through_on is not null order by feed"
        ).fetchall()
        problems = connection.execute(
            "select kind, source, feed, affected_count from metrics.quality.standing_problems"
        ).fetchall()
    assert [(feed, is_silent) for feed, _, is_silent in found] == [
        ("assignments", False), ("completions", True), ("job_history", False),
    ]  # fmt: skip
    assert found[1][1] == STOPPED_ON
    assert problems == [("silent_feed", "exports", "completions", 1)]

    nothing = rxladder("acknowledge", "exports/job_history", "--data", data)
    assert nothing.returncode == 1
    assert "neither silent nor late" in said(nothing)
    assert rxladder("acknowledge", "exports/completions", "--data", data).returncode == 0
    again = sync(exports, data, as_of="2026-03-31")
    assert again.returncode == 0, said(again)
    with published(data) as connection:
        found = connection.execute(
            "select basis, is_silent, is_acknowledged from metrics.quality.coverage where feed = 'completions'"
        ).fetchall()
    assert found == [("acknowledged", False, True)]
    unchanged = sync(exports, data, as_of="2026-03-31")
    assert "Nothing new" in unchanged.stdout


def test_a_list_of_today_shows_the_organisation_today(tmp_path: Path) -> None:
    today = datetime.now(ZoneInfo("America/New_York")).date()  # where an organisation is unless it says so
    exports = written(
        tmp_path / "exports",
        {
            f"roster_{today}.csv": lines(
                "employee_id,as_of_on,full_name,hired_on,job_code,site_id,employment_class",
                [f"{one},{today},Person {one},2024-02-01,TECH,N1,full_time" for one in PEOPLE],
            ),
        },
    )
    data = tmp_path / "data"
    ended = rxladder("sync", "--exports", exports, "--data", data)
    assert ended.returncode == 0, said(ended)
    assert f"data as of {today}" in ended.stdout
    assert "No headline figures" not in ended.stdout
    with published(data) as connection:
        active = connection.execute("select count(*) from metrics.core.dim_employees where is_active").fetchone()
        covered = connection.execute(
            "select covers_from_on, covers_through_on, basis from metrics.quality.coverage where feed = 'roster'"
        ).fetchall()
    assert active == (3,)
    assert covered == [(today, today, "list_day")]
    assert "Nothing new" in rxladder("sync", "--exports", exports, "--data", data).stdout


def test_a_demo_that_ends_forty_days_ago_comes_to_the_same_by_its_names_and_by_its_silence(tmp_path: Path) -> None:
    """Both are the figures of the day on which the records end; only where no name says so is the silence listed."""
    ends_on = datetime.now(ZoneInfo("America/New_York")).date() - timedelta(days=40)
    rxladder("demo", "--to", tmp_path / "demo", "--sites", 8, "--years", 2, "--until", ends_on)
    undated, named = tmp_path / "demo" / "exports", tmp_path / "named"
    named.mkdir()
    for file in undated.glob("*.csv"):
        (named / f"{file.stem}_{ends_on}.csv").write_bytes(file.read_bytes())
    of_that_day = succeeded(rxladder("sync", "--exports", named, "--data", tmp_path / "by_name"), tmp_path / "by_name")
    silent = rxladder("sync", "--exports", undated, "--data", tmp_path / "by_silence")
    assert silent.returncode == 3, said(silent)
    assert "all that exports tells has been silent for" in silent.stdout
    assert "rxladder acknowledge exports" in silent.stdout
    for data in (of_that_day, tmp_path / "by_silence"):
        with published(data) as connection:
            assert connection.execute("select as_of_on from metrics.quality.release").fetchall() == [(ends_on,)]
    assert_same(content(tmp_path / "by_silence"), content(of_that_day))
