"""Through which day each feed of each source tells, and because of what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pipelines.landing import Batch
from pipelines.warehouse.coverage import CoverageSettings, Covered, coverage, default_as_of
from pipelines.warehouse.silence import RecordDays

LANDED = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


def batch(
    feed: str, name: str = "", source: str = "lms", landed: datetime = LANDED, until: str = "2026-11-20"
) -> Batch:
    return Batch(
        1, source, feed, "delta", name or f"{feed}.csv", "", 0, landed, 1, 1, 0, 0, 0, date(2024, 1, 1),
        date.fromisoformat(until), {}, (), (), None, Path(),
    )  # fmt: skip


def covered(
    batches: Sequence[Batch],
    days: Mapping[tuple[str, str], RecordDays] | None = None,
    settings: CoverageSettings | None = None,
    acknowledged: Mapping[tuple[str, str | None], date] | None = None,
    as_of_on: date | None = None,
) -> dict[str, Covered]:
    found = coverage(batches, days or {}, settings or CoverageSettings(), acknowledged or {}, None, as_of_on)
    return {one.feed: one for one in found}


def through(one: Covered) -> tuple[str, str]:
    return one.covers_through_on.isoformat(), one.basis


def daily(until: date, days: int = 500, each: int = 1) -> RecordDays:
    return [(until - timedelta(days=n), each) for n in reversed(range(days))]


def test_a_setting_comes_first_then_the_date_in_the_name_then_the_day_before_it_landed() -> None:
    by_landing = covered([batch("completions")])["completions"]
    assert through(by_landing) == ("2026-11-30", "landed")
    for name in ("completions_2026-10-31.csv", "completions_20261031.csv", "completions/2026_10_31"):
        assert through(covered([batch("completions", name)])["completions"]) == ("2026-10-31", "file_name")
    key = ("lms", "completions")
    for how, name, wanted in (
        (date(2026, 9, 30), "completions_2026-10-31.csv", "2026-09-30"),
        ("landed", "completions_2026-10-31.csv", "2026-11-30"),
        ("file_date", "completions_2026-10-31.csv", "2026-10-31"),
    ):
        found = covered([batch("completions", name)], settings=CoverageSettings(covers={key: how}))["completions"]
        assert through(found) == (wanted, "setting")


def test_the_day_before_is_that_of_the_organisation_and_a_day_to_come_is_none() -> None:
    early = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)  # still 30 November in Chicago
    settings = CoverageSettings(zone="America/Chicago")
    assert through(covered([batch("completions", landed=early)], settings=settings)["completions"])[0] == "2026-11-29"
    named = batch("completions", "completions_2027-12-31.csv")
    assert through(covered([named])["completions"]) == ("2026-12-01", "file_name")


def test_a_source_s_own_patterns_say_where_the_date_in_a_name_is() -> None:
    settings = CoverageSettings(names={"lms": {"completions": ["LRN_%d%m%Y_*.csv"]}})
    found = covered([batch("completions", "LRN_31102026_x.csv")], settings=settings)["completions"]
    assert through(found) == ("2026-10-31", "file_name")


def test_a_history_without_a_date_in_its_name_does_not_tell_beyond_dated_files_that_came_with_it() -> None:
    files = [batch("completions"), batch("completions", "completions_2026-10-31.csv")]
    assert through(covered(files)["completions"]) == ("2026-10-31", "file_name")


def test_a_roster_covers_its_own_day_from_its_first_list_and_sites_have_no_days() -> None:
    lists = [batch("roster", until="2026-12-01", source="hris"), replace(batch("sites"), window_to=None)]
    found = covered(lists)
    assert through(found["roster"]) == ("2026-12-01", "list_day")
    assert found["roster"].covers_from_on == date(2024, 1, 1)
    assert set(found) == {"roster"}
    settings = CoverageSettings(covers_from={"hris": date(2020, 1, 1)})
    assert covered(lists, settings=settings)["roster"].covers_from_on == date(2020, 1, 1)


def test_that_a_file_landed_is_no_declaration_that_it_tells_of_yesterday() -> None:
    days = {("lms", "completions"): [(date(2026, 11, 20), 1)]}
    assert covered([batch("completions")], days)["completions"].is_unvouched
    assert not covered([batch("completions", "completions_2026-11-30.csv")], days)["completions"].is_unvouched
    settings = CoverageSettings(covers={("lms", "completions"): "landed"})
    assert not covered([batch("completions")], days, settings)["completions"].is_unvouched
    assert not covered([batch("completions")], days, CoverageSettings(pulled=frozenset({"lms"})))[
        "completions"
    ].is_unvouched
    with_yesterday = {("lms", "completions"): [(date(2026, 11, 30), 1)]}
    assert not covered([batch("completions")], with_yesterday)["completions"].is_unvouched


def test_one_feed_that_stops_covers_through_its_newest_record_and_all_else_goes_on() -> None:
    batches = [batch("completions"), batch("assignments"), batch("job_history")]
    days = {
        ("lms", "completions"): daily(date(2026, 10, 31)),
        ("lms", "assignments"): daily(date(2026, 11, 30)),
        ("lms", "job_history"): [(date(2026, 6, 1), 3)],
    }
    found = covered(batches, days)
    assert through(found["completions"]) == ("2026-10-31", "newest_record")
    assert "silent for 30 days" in found["completions"].reason
    assert through(found["assignments"]) == ("2026-11-30", "landed")
    assert through(found["job_history"]) == ("2026-11-30", "landed")
    assert [feed for feed, one in found.items() if one.is_silent] == ["completions"]


def test_a_dead_feed_says_nothing_of_the_few_records_beside_it() -> None:
    days = {("lms", "completions"): daily(date(2026, 10, 31)), ("lms", "job_history"): [(date(2026, 6, 1), 3)]}
    found = covered([batch("completions"), batch("job_history")], days)
    assert found["completions"].is_silent
    assert through(found["job_history"]) == ("2026-11-30", "landed")


def test_all_feeds_of_a_dead_source_cover_through_the_newest_record_of_any() -> None:
    last = date(2026, 10, 31)
    weekly = [(last - timedelta(days=2 + 7 * n), 2) for n in reversed(range(60))]
    days = {
        ("lms", "completions"): daily(last),
        ("lms", "evaluations"): weekly,
        ("lms", "job_history"): [(date(2026, 8, 1), 3)],
    }
    found = covered([batch("completions"), batch("evaluations"), batch("job_history")], days)
    assert {through(one) for one in found.values()} == {("2026-10-31", "newest_record")}
    assert {one.silence_of for one in found.values()} == {"source"}
    assert default_as_of(list(found.values())) == last


def test_an_acknowledged_silence_counts_through_the_day_it_was_asked_about() -> None:
    days = {("lms", "completions"): daily(date(2026, 10, 31))}
    told = {("lms", "completions"): date(2026, 11, 30)}
    found = covered([batch("completions")], days, acknowledged=told)["completions"]
    assert through(found) == ("2026-11-30", "acknowledged")
    assert (found.is_silent, found.is_unvouched) == (False, False)
    later = [batch("completions", landed=LANDED + timedelta(days=30))]
    again = covered(later, days, acknowledged=told)["completions"]
    assert again.is_silent
    assert again.covers_through_on == date(2026, 11, 30)


def test_a_day_asked_about_by_name_is_judged_as_of_that_day() -> None:
    days = {("lms", "completions"): daily(date(2026, 6, 15))}
    assert not covered([batch("completions")], days, as_of_on=date(2026, 6, 17))["completions"].is_silent
    assert covered([batch("completions")], days, as_of_on=date(2026, 7, 31))["completions"].is_silent


def test_the_default_day_is_the_last_that_all_hr_sources_cover_but_those_that_are_late() -> None:
    lists = [
        batch("roster", source="north", until="2026-12-01"),
        batch("roster", source="south", until="2026-11-27"),
        batch("roster", source="closed", until="2026-10-30"),
        batch("completions", "completions_2026-08-31.csv"),
    ]
    found = coverage(lists, {}, CoverageSettings(), {})
    assert default_as_of(found) == date(2026, 11, 27)
    assert [one.source for one in found if one.is_late] == ["closed"]
    noted = coverage(lists, {}, CoverageSettings(), {("closed", None): date(2026, 12, 1)})
    assert [one.is_acknowledged for one in noted if one.is_late] == [True]
