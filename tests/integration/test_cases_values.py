"""What the fields of real exports hold, through the command line: times with zones, invisible characters, decimal
commas, verdicts in words. Each ends in the right value or is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from tests.integration.cli import Ended, published, rxladder, said

BASE = {
    "sites.csv": "site_id,name,region,state\nS1,Main,North,TX\n",
    "tiers.csv": "tier,title,track,rank,is_entry\nT1,Tech I,core,1,true\nT2,Tech II,core,2,false\n",
    "tier_paths.csv": "from_tier,to_tier\nT1,T2\n",
    "job_tiers.csv": "job_code,effective_on,tier\nPT1,,T1\nPT2,,T2\n",
    "courses.csv": "course_id,title,category\nPRIV,Privacy &amp; security,compliance\n",
    "employees.csv": "employee_id,full_name\n" + "".join(f"000{n},Person {n}\n" for n in range(21, 25)),
    "job_history.csv": "employee_id,effective_on,event,job_code,site_id,employment_class\n"
    + "".join(f"000{n},2024-02-01,hire,PT1,S1,full_time\n" for n in range(21, 25)),
}


def synced(folder: Path, files: Mapping[str, str], settings: str, *, as_of: str) -> tuple[Ended, Path]:
    """The base with further files, synced with these lines in the source's settings."""
    exports = folder / "exports"
    exports.mkdir(parents=True)
    for name, text in (BASE | files).items():
        (exports / name).write_text(text, encoding="utf-8")
    config = folder / "config"
    config.mkdir()
    (config / "rxladder.yml").write_text(
        f"timezone: America/Chicago\nsources:\n  - name: hris\n    exports: ../exports\n{settings}", encoding="utf-8"
    )
    return rxladder("sync", "--config", config, "--data", folder / "data", "--as-of", as_of), folder / "data"


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Path]:
    """Times with zones, and ids and a header with characters that nobody sees."""
    completed = "completion_id,employee\u200b_id,course_id,completed_on,passed\n"
    completed += (
        "k1,\ufeff00021,PRIV,2026-04-01T03:30:00Z,true\nk2,00\u200b022\u00a0,PRIV,2026-04-01T12:00:00-05:00,true\n"
    )
    completed += "k3,\u202f00023,PRIV,2026-04-02 23:59:59,true\nk4,00024,PRIV,2026-04-03,true\n"
    assigned = "assignment_id,employee_id,course_id,assigned_on,due_on\na1,00021,PRIV,2026-01-01,2026-03-31\n"
    files = {"completions.csv": completed, "assignments.csv": assigned}
    return synced(tmp_path_factory.mktemp("strange"), files, "", as_of="2026-06-30")


def test_a_time_with_a_zone_is_of_the_day_it_was_at_the_organisation(strange: tuple[Ended, Path]) -> None:
    ended, data = strange
    assert ended.returncode == 0, said(ended)
    with published(data) as connection:
        done = connection.execute(
            "select employee_id, completed_on::varchar from metrics.core.fct_completions"
            " join people.main.directory using (employee_key) order by 1"
        ).fetchall()
        status = connection.execute("select status from metrics.core.fct_training_assignments").fetchall()
    assert done == [
        ("00021", "2026-03-31"), ("00022", "2026-04-01"), ("00023", "2026-04-02"), ("00024", "2026-04-03"),
    ]  # fmt: skip
    assert status == [("completed_on_time",)]


def test_invisible_characters_are_taken_off_and_counted(strange: tuple[Ended, Path]) -> None:
    with published(strange[1]) as connection:
        repaired = connection.execute(
            "select column_name, sum(problem_count) from metrics.quality.repaired_values group by 1"
        ).fetchall()
        title = connection.execute("select title from metrics.core.dim_courses").fetchall()
    assert repaired == [("employee_id", 3)]
    assert title == [("Privacy & security",)]


JOBS_WITH_COMMAS = "employee_id;effective_on;event;job_code;site_id;fte;hourly_rate\n" + "".join(
    f"000{n};2024-02-01;hire;PT1;S1;{fte};{rate}\n" for n, fte, rate in ((21, "0,5", "18,50"), (22, "1", "1.200"))
)


def test_decimal_commas_are_read_where_the_settings_say_so(tmp_path: Path) -> None:
    files = {"job_history.csv": JOBS_WITH_COMMAS}
    ended, data = synced(tmp_path, files, "    decimal: ','\n", as_of="2026-03-31")
    assert ended.returncode in (0, 3), said(ended)
    with published(data) as connection:
        found = connection.execute(
            "select jobs.fte, hourly_rate_usd from metrics.core.fct_job_spells as jobs"
            " join people.main.pay_rates using (employee_key) order by jobs.fte"
        ).fetchall()
    assert [(fte, float(rate)) for fte, rate in found] == [(0.5, 18.5), (1.0, 1200.0)]


def test_without_the_setting_neither_a_comma_nor_a_point_beside_it_is_guessed(tmp_path: Path) -> None:
    ended, data = synced(tmp_path, {"job_history.csv": JOBS_WITH_COMMAS}, "", as_of="2026-03-31")
    assert ended.returncode in (0, 3), said(ended)
    landed = next((data / "landing" / "job_history").rglob("repaired.parquet"))
    listed = duckdb.sql(f"""select line, "column", value from '{landed}' order by all""").fetchall()
    assert listed == [(2, "fte", "0,5"), (2, "hourly_rate", "18,50"), (3, "hourly_rate", "1.200")]


def test_what_cannot_be_read_is_not_taken_for_what_an_empty_field_means(tmp_path: Path) -> None:
    """One bad row in thirty of each feed: the row is kept out and listed, the others count."""
    passed = "completion_id,employee_id,course_id,completed_on,passed\n" + "".join(
        f"k{n},00021,PRIV,2025-{1 + n // 28:02}-{1 + n % 28:02},true\n" for n in range(30)
    )
    held = "credential_id,employee_id,credential_code,issued_on,expires_on,status\n" + "".join(
        f"c{n},00021,C{n},2025-01-{1 + n:02},2027-01-01,active\n" for n in range(30)
    )
    earned = "ce_id,employee_id,earned_on,hours,topic,is_accepted\n" + "".join(
        f"e{n},00021,2025-01-{1 + n:02},1,law,yes\n" for n in range(30)
    )
    files = {
        "completions.csv": passed + "bad,00022,PRIV,2025-03-03,Failed\n",
        "credentials.csv": held + "bad,00022,CPhT,2025-01-01,2027-01-01,Suspended\n",
        "ce_credits.csv": earned + "bad,00022,2025-02-02,5,law,rejected\n",
    }
    ended, data = synced(tmp_path, files, "", as_of="2026-03-31")
    assert ended.returncode in (0, 3), said(ended)
    with published(data) as connection:
        listed = connection.execute(
            "select feed, column_name, problem_count from metrics.quality.quarantined_rows order by 1"
        ).fetchall()
        counted = connection.execute(
            "select (select count(*) from metrics.core.fct_completions),"
            " (select count(*) from metrics.core.fct_credentials), (select sum(hours) from metrics.core.fct_ce_credits)"
        ).fetchall()
    assert listed == [("ce_credits", "is_accepted", 1), ("completions", "passed", 1), ("credentials", "status", 1)]
    assert counted == [(30, 30, 30.0)]
