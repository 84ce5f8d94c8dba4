"""Lists of who is employed: one that is cut short is refused, since whoever is missing would count as gone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from pipelines.landing import Batch, Landing, Refusal, SourceOptions
from tests.integration.landing_kit import Drop, rows


def roster(people: Iterable[int], *days: str) -> str:
    lines = [f"{person},{day}" for day in days for person in people]
    return "\n".join(["employee_id,as_of_on", *lines]) + "\n"


def test_a_list_under_seventy_percent_of_the_one_before_is_refused(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.batch("roster_1.csv", roster(range(100), "2024-03-03"))
    assert drop.batch("roster_2.csv", roster(range(70), "2024-03-10")).row_count == 70
    refused = drop.refusal("roster_3.csv", roster(range(48), "2024-03-17"))
    assert "the list of 2024-03-17 holds 48 people, under 70% of the 100 of 2024-03-03" in refused.reason


def test_a_list_is_compared_with_those_of_the_days_before_whenever_they_land(tmp_path: Path) -> None:
    """Also with the last one of long ago; not with later ones."""
    drop = Drop(tmp_path)
    drop.batch("roster_b.csv", roster(range(200), "2024-06-02"))
    assert drop.batch("roster_a.csv", roster(range(100), "2024-03-03")).row_count == 100
    refused = drop.refusal("roster_c.csv", roster(range(130), "2024-09-01"))
    assert "under 70% of the 200 of 2024-06-02" in refused.reason


def test_every_list_of_a_file_is_looked_at(tmp_path: Path) -> None:
    content = roster(range(10), "2024-03-03", "2024-03-10") + "1,2024-03-17\n"
    assert "the list of 2024-03-17 holds 1 people" in Drop(tmp_path).refusal("roster.csv", content).reason


def test_a_list_of_nobody_is_refused(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.batch("roster_2024-03-03.csv", "employee_id\n1\n2\n")
    assert "the list names nobody" in drop.refusal("roster_2024-03-10.csv", "employee_id\n").reason


def test_a_list_accepted_all_the_same_is_the_new_measure(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.batch("roster_1.csv", roster(range(100), "2024-03-03"))
    refused = drop.refusal("roster_2.csv", roster(range(50), "2024-03-10"))
    landing = Landing(drop.data)
    assert landing.accept([drop.options], refused.refused_id).row_count == 50
    landing.close()
    assert drop.batch("roster_3.csv", roster(range(48), "2024-03-17")).row_count == 48


@pytest.mark.parametrize(("mode", "outcome"), [("delta", Batch), ("window", Refusal), ("snapshot", Refusal)])
def test_a_later_file_of_the_same_day_adds_to_the_list_or_replaces_it(
    tmp_path: Path, mode: str, outcome: type[Batch | Refusal]
) -> None:
    drop = Drop(tmp_path, SourceOptions("hr", modes={"roster": mode}))  # type: ignore[dict-item]
    drop.batch("roster_1.csv", roster(range(100), "2024-03-03"))
    drop.batch("roster_2.csv", roster(range(100), "2024-03-10"))
    drop.put("roster_3.csv", roster(range(5), "2024-03-10"))
    assert [type(found) for found in drop.land()] == [outcome]


def test_a_roster_that_is_all_there_is_leaves_the_lists_of_other_days_alone(tmp_path: Path) -> None:
    batch = Drop(tmp_path, SourceOptions("hr", modes={"roster": "snapshot"})).batch(
        "roster_20240303.csv", "employee_id\n1\n"
    )
    assert (batch.mode, rows(batch, "as_of_on")) == ("window", [(date(2024, 3, 3),)])


@pytest.mark.parametrize(
    "name",
    [
        "roster_2024-03-03.csv",
        "roster_20240303.csv",
        "roster-2024_03_03-v10.csv",
        "roster.2024.03.03.csv",
        "roster/HR staff 2024-03-03.csv",
        "roster/2024-03-03/everybody.csv",
        "roster/2024-03-10/late_20240303.csv",
    ],
)
def test_the_day_of_a_list_may_stand_in_its_name(tmp_path: Path, name: str) -> None:
    """Whatever dates look like inside the file."""
    drop = Drop(tmp_path, SourceOptions("hr", date_formats=("%m/%d/%Y",)))
    batch = drop.batch(name, "employee_id,hired_on\n1,01/31/2024\n")
    assert rows(batch, "employee_id, as_of_on, hired_on") == [("1", date(2024, 3, 3), date(2024, 1, 31))]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("roster.csv", "put the day into its file's name"),
        ("roster_3_2024.csv", "put the day into its file's name"),
        ("roster_20240303121500.csv", "put the day into its file's name"),
        ("roster_2024-03-03_to_2024-03-09.csv", "more than one day (2024-03-03, 2024-03-09)"),
        ("roster_2024-13-03.csv", "2024-13-03"),
    ],
)
def test_a_list_whose_day_nothing_says_is_refused(tmp_path: Path, name: str, said: str) -> None:
    assert said in Drop(tmp_path).refusal(name, "employee_id\n1\n").reason
