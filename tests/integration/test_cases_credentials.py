"""Certificates as they really come, through the command line: one replaced by another, one without a last day, a
trainee registered before the hire, hours made for pharmacists, hours that two systems tell of.
"""

from __future__ import annotations

import duckdb
import pytest

from tests.integration.cli import published, rxladder, said

PEOPLE = ("00041", "00042", "00043", "00044", "00045", "00046")
HIRED = {"00044": "2026-01-15"}
HR = {
    "sites.csv": "site_id,name,region,state\nS1,Main,North,TX\n",
    "tiers.csv": "tier,title,track,rank,is_entry\nT1,Tech I,core,1,true\nT2,Tech II,core,2,false\n",
    "tier_paths.csv": "from_tier,to_tier\nT1,T2\n",
    "job_tiers.csv": "job_code,effective_on,tier\nPT1,,T1\nPT2,,T2\n",
    "employees.csv": "employee_id,full_name\n" + "".join(f"{person},Person {person}\n" for person in PEOPLE),
    "job_history.csv": "employee_id,effective_on,event,job_code,site_id,employment_class\n"
    + "".join(f"{person},{HIRED.get(person, '2023-02-01')},hire,PT1,S1,full_time\n" for person in PEOPLE),
    "credential_types.csv": "credential_code,name,issuer,satisfies,renewal_months,ce_hours\n"
    "CPhT,Certified,PTCB,,24,20\nCPhT-Adv,Advanced,PTCB,CPhT,24,25\nREG,Registration,Board,,,\n",
    "ce_rules.csv": "credential_code,topic,audience,min_hours,max_hours\n"
    "CPhT,,pharmacist,,5\nCPhT,,technician,15,\nCPhT,law,,1,\nCPhT,patient_safety,,1,\n",
    "certification_rules.csv": "rule_id,credential_code,months,state,clock,registration_code\n"
    "texas,CPhT,24,TX,registration,REG\n",
    "credentials.csv": "credential_id,employee_id,credential_code,issued_on,expires_on\n"
    "c1,00041,CPhT,2025-03-01,2027-02-28\nc2,00041,CPhT-Adv,2026-06-01,2027-02-28\n"
    "c3,00042,CPhT,2023-06-06,2025-06-06\nc4,00042,CPhT-Adv,2023-08-10,2025-08-10\n"
    "c5,00043,CPhT,2023-03-15,\n"
    "c6,00044,REG,2025-09-01,2027-09-01\n"
    "c7,00045,CPhT,2025-03-01,2027-02-28\nc8,00046,CPhT,2025-03-01,2027-02-28\n",
}  # fmt: skip
LEARNING = {
    "ce_credits.csv": "ce_id,employee_id,earned_on,hours,topic,audience,provider,title\n"
    "x1,00041,2025-10-01,15,technician,,,\nx2,00041,2026-09-01,10,technician,,,\n"
    + "".join(f"t{n},00045,2025-10-0{n},2,technician,technician,,\n" for n in range(1, 8))
    + "y1,00045,2025-11-01,1,law,pharmacist,,\ny2,00045,2025-11-02,5,technician,pharmacist,,\n"
    "z1,00045,2025-11-03,1,patient_safety,technician,,\n"
    "l1,00046,2026-05-02,3,law,,ACME,Law update\n",
}
MONITOR = {
    "ce_credits.csv": "ce_id,employee_id,earned_on,hours,topic,provider,title\n"
    "m1,00046,2026-05-02,3,law,Acme Inc.,Law Update\nm2,00046,2026-06-02,2,law,Acme Inc.,Other\n",
}


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    folder = tmp_path_factory.mktemp("certificates")
    sources = ""
    for name, files in (("hris", HR), ("learning", LEARNING), ("monitor", MONITOR)):
        (folder / name).mkdir()
        for file, text in files.items():
            (folder / name / file).write_text(text, encoding="utf-8")
        sources += f"  - {{name: {name}, exports: ../{name}}}\n"
    (folder / "config").mkdir()
    (folder / "config" / "rxladder.yml").write_text(f"timezone: UTC\nsources:\n{sources}", encoding="utf-8")
    ended = rxladder("sync", "--config", folder / "config", "--data", folder / "data", "--as-of", "2026-11-30")
    assert ended.returncode in (0, 3), said(ended)
    return published(folder / "data")


def renewals(connection: duckdb.DuckDBPyConnection, person: str) -> list[tuple[object, ...]]:
    return connection.execute(
        "select credential_code, expires_on::varchar, status, ce_hours_earned, ce_hours_short, ce_topics_short"
        " from metrics.marts.credential_renewals join people.main.directory using (employee_key)"
        " where employee_id = $1",
        [person],
    ).fetchall()


def test_what_replaced_a_certificate_goes_on_with_its_cycle(connection: duckdb.DuckDBPyConnection) -> None:
    assert renewals(connection, "00041") == [("CPhT-Adv", "2027-02-28", "due", 25, 0, None)]


def test_what_was_replaced_is_not_listed_beside_what_lapsed_after_it(connection: duckdb.DuckDBPyConnection) -> None:
    assert [row[:3] for row in renewals(connection, "00042")] == [("CPhT-Adv", "2025-08-10", "lapsed")]


def test_a_certificate_without_a_last_day_runs_out_by_its_type_and_is_listed(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    assert [row[:3] for row in renewals(connection, "00043")] == [("CPhT", "2025-03-15", "lapsed")]
    listed = connection.execute(
        "select kind, feed, affected_count from metrics.quality.standing_problems where kind = 'expiry_derived'"
    ).fetchall()
    assert listed == [("expiry_derived", "credentials", 1)]


def test_a_registration_from_before_the_hire_starts_the_clock(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute(
        "select employee_id, clock_started_on::varchar, deadline_on::varchar"
        " from metrics.marts.certification_pipeline join people.main.directory using (employee_key)"
    ).fetchall()
    assert found == [("00044", "2025-09-01", "2027-09-01")]


def test_hours_made_for_pharmacists_count_up_to_their_cap(connection: duckdb.DuckDBPyConnection) -> None:
    assert renewals(connection, "00045") == [("CPhT", "2027-02-28", "due", 20, 0, None)]


def test_hours_that_two_systems_tell_of_count_once_and_are_listed(connection: duckdb.DuckDBPyConnection) -> None:
    assert renewals(connection, "00046")[0][3] == 5
    listed = connection.execute(
        "select source, hours, kept_source, alike_by from metrics.quality.duplicates"
    ).fetchall()
    assert listed == [("monitor", 3, "learning", "title")]
