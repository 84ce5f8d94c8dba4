"""A learning system that knows only the last time: a completion of a year ago stays beside what overwrote it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.integration.dbt_harness import FakeBatch, FakeWarehouse
from tests.integration.landed_build import SPANS

MODELS = ("+training_completion_by_month", *SPANS)


def test_a_completion_that_a_later_batch_moved_by_a_year_stays(tmp_path: Path) -> None:
    warehouse = FakeWarehouse(tmp_path, date(2027, 1, 31))
    hire = {"employee_id": "a", "effective_on": "2024-02-01", "sequence": 0, "event": "hire", "job_code": "PT1"}
    assigned = {"assignment_id": "a1", "employee_id": "a", "course_id": "PRIV", "assigned_on": "2026-01-02"}
    warehouse.add(
        FakeBatch("employees", [{"employee_id": "a", "full_name": "A"}]),
        FakeBatch("job_history", [hire]),
        FakeBatch("courses", [{"course_id": "PRIV", "title": "Privacy", "category": "compliance"}], source="lms"),
        FakeBatch("assignments", [assigned | {"due_on": "2026-02-01", "is_required": True}], source="lms"),
    )
    done = {"employee_id": "a", "course_id": "PRIV", "passed": True}

    def deliver(*records: tuple[str, str, bool]) -> list[str]:
        rows = [done | {"completion_id": key, "completed_on": day, "is_deleted": gone} for key, day, gone in records]
        warehouse.add(FakeBatch("completions", rows, source="lms"))
        warehouse.build(*MODELS)
        found = warehouse.query("select completed_on::varchar from metrics.core.fct_completions order by 1")
        return [day for (day,) in found]

    assert deliver(("k1", "2026-01-10", False)) == ["2026-01-10"]
    assert deliver(("k1", "2026-01-12", False)) == ["2026-01-12"], "a correction replaces"
    assert deliver(("k1", "2027-01-12", False)) == ["2026-01-12", "2027-01-12"]
    assert warehouse.query("select status from metrics.core.fct_training_assignments") == [("completed_on_time",)]
    assert deliver(("k1", "2027-01-15", False)) == ["2026-01-12", "2027-01-15"]
    assert deliver(("k1", "2027-01-15", True)) == [], "what is deleted goes with all that it was"
