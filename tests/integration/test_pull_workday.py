"""Workday's reports as a service: one answer with everything, what is empty left out, several values as a list."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.connectors.rest.spec import SourceSpec
from tests.integration.interface import Asked, Reply, serving
from tests.integration.landing_kit import rows
from tests.integration.pull_kit import TOKEN, World, example

LOGIN = b"<!DOCTYPE html><html><head><title>Workday</title></head><body>Sign in</body></html>"


def entry(number: int, **more: Any) -> dict[str, Any]:
    moved = {
        "Employee_ID": f"E{number}",
        "Effective_Date": "2018-10-01-07:00",
        "Business_Process_Type": "Hire Employee",
    }
    return moved | more


def workday(url: str, monkeypatch: pytest.MonkeyPatch) -> SourceSpec:
    for name in ("WORKDAY_USER", "WORKDAY_PASSWORD"):
        monkeypatch.setenv(name, TOKEN)
    return example("workday", url, retries=0)


def test_all_rows_of_one_answer_land_with_lists_and_with_fields_left_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [entry(number) for number in range(3, 20_003)]
    told = [
        entry(1, Location_ID=["S-01", "S-02"], Hourly_Rate="21.50"),
        entry(2, Location_ID="S-03", Time_Type="Full_time"),
        *many,
    ]

    def answer(asked: Asked) -> Reply:
        assert asked.headers["Authorization"].startswith("Basic ")
        staff = [{"Employee_ID": "E1", "Legal_Name": "Ann Ames"}]
        return Reply({"Report_Entry": staff if "Employees" in asked.path else told})

    with serving(answer) as interface:
        spec = workday(interface.url, monkeypatch)
        events = next(stream for stream in spec.streams if stream.feed == "job_history")
        found = {one.feed: one for one in world.pull_all(spec)}
        assert len(interface.asked) == 2, "one answer a report, no pages"
    assert world.reasons() == ""
    landed = found["job_history"]
    assert landed.row_count == 20_002
    assert events.columns["site_id"].path == "Location_ID"
    first = rows(landed, "employee_id, effective_on::varchar, site_id, employment_class, hourly_rate::varchar")
    assert sorted(row for row in first if row[0] in ("E1", "E2")) == [
        ("E1", "2018-10-01", "S-01", None, "21.5000"),
        ("E2", "2018-10-01", "S-03", "full_time", None),
    ]


def test_a_login_page_with_status_200_leaves_the_old_rows_in_force(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    replies = {"good": Reply({"Report_Entry": [entry(1)]}), "login": Reply(LOGIN, 200, {"Content-Type": "text/html"})}
    state = "good"

    def answer(asked: Asked) -> Reply:
        if "Employees" in asked.path:
            return Reply({"Report_Entry": [{"Employee_ID": "E1", "Legal_Name": "Ann Ames"}]})
        return replies[state]

    with serving(answer) as interface:
        spec = workday(interface.url, monkeypatch)
        assert len(world.pull_all(spec)) == 2
        state = "login"
        assert world.pull_all(spec) == []
        assert "a web page (a login page?) with status 200" in world.failure()
        state = "good"
        assert world.pull_all(spec) == []
        assert world.reasons() == ""
