"""A learning system that fell silent, through the command line: what it did not tell of is not overdue."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from tests.integration.cli import published, rxladder, said

PEOPLE = ("00051", "00052", "00053", "00054")
BASE = {
    "sites.csv": "site_id,name,region,state\nS1,Main,North,TX\n",
    "tiers.csv": "tier,title,track,rank,is_entry\nT1,Tech I,core,1,true\nT2,Tech II,core,2,false\n",
    "tier_paths.csv": "from_tier,to_tier\nT1,T2\n",
    "job_tiers.csv": "job_code,effective_on,tier\nPT1,,T1\nPT2,,T2\n",
    "courses.csv": "course_id,title,category\nPRIV,Privacy,compliance\n",
    "employees.csv": "employee_id,full_name\n" + "".join(f"{person},Person {person}\n" for person in PEOPLE),
    "job_history.csv": "employee_id,effective_on,event,job_code,site_id,employment_class\n"
    + "".join(f"{person},2024-02-01,hire,PT1,S1,full_time\n" for person in PEOPLE),
}


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder = tmp_path_factory.mktemp("silent")
    days = [date(2025, 1, 4) + timedelta(days=2 * n) for n in range(204)]
    done = "".join(f"k{n},{PEOPLE[n % 4]},PRIV,{day}\n" for n, day in enumerate(days))
    due = "".join(f"a{n},{PEOPLE[n % 4]},PRIV,2026-02-{15 + n % 10:02},2026-03-{1 + n:02}\n" for n in range(28))
    early = "e1,00051,PRIV,2026-01-10,2026-02-10\n"
    files = BASE | {
        "completions.csv": f"completion_id,employee_id,course_id,completed_on\n{done}",
        "assignments.csv": f"assignment_id,employee_id,course_id,assigned_on,due_on\n{early}{due}",
    }
    (folder / "exports").mkdir()
    for name, text in files.items():
        (folder / "exports" / name).write_text(text, encoding="utf-8")
    ended = rxladder("sync", "--exports", folder / "exports", "--data", folder / "data", "--as-of", "2026-03-31")
    assert ended.returncode == 3, said(ended)
    return published(folder / "data")


def test_training_is_asked_as_of_the_last_day_that_was_told_of(silent: duckdb.DuckDBPyConnection) -> None:
    covered = silent.execute(
        "select covers_through_on::varchar, is_silent from metrics.quality.coverage where feed = 'completions'"
    ).fetchall()
    assert covered == [("2026-02-14", True)]
    statuses = silent.execute(
        "select status, count(*) from metrics.core.fct_training_assignments group by 1 order by 1"
    ).fetchall()
    assert statuses == [("completed_on_time", 1), ("open", 28)]


def test_months_that_nobody_told_of_have_no_rate(silent: duckdb.DuckDBPyConnection) -> None:
    found = silent.execute(
        "select month::varchar, assignments_due, completed_rate, is_covered"
        " from metrics.marts.training_completion_by_month order by 1"
    ).fetchall()
    assert found == [("2026-02-01", 1, 1.0, True), ("2026-03-01", 0, None, False)]
    headline = silent.execute(
        "select completed_on_time_rate, voluntary_turnover_rate_12m from metrics.marts.headline_by_month"
        " where month = date '2026-03-01' and site_id is null"
    ).fetchall()
    assert headline == [(None, 0.0)], "all else goes on"
