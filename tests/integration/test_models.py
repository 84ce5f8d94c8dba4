"""The models on nothing at all, and their unit tests with hand-worked numbers."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from pipelines.warehouse.dbt import PROJECT_DIR
from tests.integration.dbt_harness import FakeBatch, FakeWarehouse

# What the product knows without any feed, and what says why there is no figure.
NEVER_EMPTY = {"dim_exam_blueprints", "dim_exams", "dim_roi_assumptions", "program_effect", "program_roi"}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> FakeWarehouse:
    """A warehouse that no feed has reached."""
    warehouse = FakeWarehouse(tmp_path_factory.mktemp("empty"), date(2024, 6, 30))
    warehouse.build()
    return warehouse


def test_absent_feeds_make_empty_tables_not_missing_ones(empty: FakeWarehouse) -> None:
    tables = empty.query(
        "select database_name || '.' || schema_name || '.' || table_name, table_name from duckdb_tables()"
        " where database_name in ('metrics', 'summary', 'people')"
    )
    assert len(tables) > 60
    filled = {name for path, name in tables if empty.query(f"select count(*) from {path}")[0][0] > 0}
    assert filled <= NEVER_EMPTY


def test_unit_tests_of_the_models_pass(empty: FakeWarehouse) -> None:
    """They take the types of their fixtures from built tables, empty or not."""
    empty.close()
    command = [
        str(Path(sys.executable).with_name("dbt")), "--no-use-colors", "--quiet", "--log-level-file", "none",
        "test", "--select", "test_type:unit",
        "--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR),
        "--target-path", str(empty.folder / "target"), "--log-path", str(empty.folder / "logs"),
    ]  # fmt: skip
    outcome = subprocess.run(command, cwd=empty.folder, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout


def test_what_points_at_nothing_is_listed(tmp_path: Path) -> None:
    """A feed that nobody delivers makes no orphans: of courses nothing is known here."""
    warehouse = FakeWarehouse(tmp_path, date(2024, 6, 30))
    hire = {"effective_on": "2024-01-10", "sequence": 0, "event": "hire", "site_id": "S1"}
    warehouse.add(
        FakeBatch("employees", [{"employee_id": "a", "full_name": "A"}]),
        FakeBatch("sites", [{"site_id": "S1", "name": "One"}]),
        FakeBatch("job_tiers", [{"job_code": "PT1", "tier": "T1"}]),
        FakeBatch("tiers", [{"tier": "T2", "title": "Two", "track": "core", "rank": 2, "is_entry": True}]),
        FakeBatch("job_history", [hire | {"employee_id": "a", "job_code": "PT1"}]),
        FakeBatch("job_history", [hire | {"employee_id": "b", "job_code": "NEW", "site_id": "S9"}]),
        FakeBatch(
            "completions", [{"completion_id": "1", "employee_id": "c", "course_id": "x", "completed_on": "2024-02-01"}]
        ),
    )
    warehouse.build("+orphans")
    found = warehouse.query("select kind, feed, missing_id, record_count, first_batch_seq from metrics.quality.orphans")
    assert set(found) == {
        ("employee", "job_history", "b", 1, 6),
        ("employee", "completions", "c", 1, 7),
        ("job_code", "job_history", "NEW", 1, 6),
        ("site", "job_history", "S9", 1, 6),
        ("tier", "job_tiers", "T1", 1, 3),
    }


def test_a_build_without_new_batches_changes_nothing(empty: FakeWarehouse) -> None:
    empty.build("tag:every_build", "orphans")
    assert empty.query("select * from metrics.quality.orphans") == []
