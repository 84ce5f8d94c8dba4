"""An assignment that a later batch takes back is kept as it last was, until it is delivered again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.integration.dbt_harness import FakeBatch, FakeWarehouse
from tests.integration.landed_build import SPANS

MODELS = ("+training_completion_by_month", *SPANS)
OF_ASSIGNMENTS = "source:landing.assignments+,+training_completion_by_month"


def test_what_is_taken_back_is_listed_until_it_comes_again(tmp_path: Path) -> None:
    warehouse = FakeWarehouse(tmp_path, date(2024, 6, 30))
    assigned = {"employee_id": "e1", "course_id": "C1", "assigned_on": "2024-02-01", "due_on": "2024-03-01"}
    moved = {**assigned, "assignment_id": "a1", "due_on": "2024-04-01"}
    job = {"employee_id": "e1", "event": "hire", "job_code": "PT1", "sequence": 0}
    warehouse.add(
        FakeBatch("employees", [{"employee_id": "e1", "full_name": "E"}]),
        FakeBatch("courses", [{"course_id": "C1", "title": "One", "category": "clinical"}]),
        FakeBatch(
            "job_history",
            [
                {**job, "effective_on": "2024-01-10", "site_id": "S1"},
                {**job, "effective_on": "2024-05-01", "event": "job_change", "site_id": "S2"},
            ],
        ),
        FakeBatch("assignments", [{**assigned, "assignment_id": "a1", "is_required": True}]),
        FakeBatch("assignments", [{**moved, "is_required": True}, {**assigned, "assignment_id": "a2"}]),
    )
    taken_back = "select * exclude (employee_key) from metrics.core.fct_removed_assignments"
    warehouse.build(*MODELS)
    assert warehouse.query(taken_back) == []

    warehouse.add(FakeBatch("assignments", [{**moved, "is_deleted": True}]))
    warehouse.build(OF_ASSIGNMENTS)
    as_it_was = ("C1", "clinical", "S1", date(2024, 2, 1), date(2024, 3, 1), True)  # by the day it was first due
    assert warehouse.query(taken_back) == [as_it_was]

    warehouse.add(FakeBatch("assignments", [{**moved, "is_required": True}]))
    warehouse.build(OF_ASSIGNMENTS)
    assert warehouse.query(taken_back) == []
