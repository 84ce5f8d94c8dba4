"""Deliveries with bad rows and files, full of names that must not get out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.integration.exports import Row, golden_rows, write_csv

PERSON = "Zebulon Quackenbush"
COLLEAGUE = "Griselda Thornbottom"
EMAIL = "zebulon.quackenbush@planted.example"
EMPLOYEE = "PLANTED-EMP-77"
CERTIFICATION = "PLANTED-CERT-31337"
NEEDLES = (PERSON, COLLEAGUE, EMAIL, "PLANTED-EMP", "PLANTED-MGR", "PLANTED-REC", CERTIFICATION, "Thornbottom", "p17@")
"""None of these may be found where somebody without a right to names can look ("p17@" is a golden work e-mail)."""

REFUSED = ("ce_credits", "evaluations", "rewards")
"""Feeds of which a file is refused: two for their bad rows, the last for want of a column."""


def write_planted(folder: Path) -> None:
    """Five files that are taken, some less a row or a value, and one each of `REFUSED`."""

    def beside_golden(feed: str, *rows: Mapping[str, str]) -> None:
        golden = golden_rows(feed)
        names = list(dict.fromkeys([*golden[0], *(name for row in rows for name in row)]))
        filled: list[Row] = [{name: row.get(name, "") for name in names} for row in [*golden, *rows]]
        write_csv(folder / f"{feed}_planted.csv", filled)

    beside_golden(
        "employees",
        {"employee_id": EMPLOYEE, "full_name": PERSON, "work_email": EMAIL},
        {"employee_id": "PLANTED-MGR-78", "full_name": COLLEAGUE, "work_email": ""},
        {"employee_id": "PLANTED-EMP-79", "full_name": "", "work_email": f"lost.{EMAIL}"},
    )
    job = {"employee_id": EMPLOYEE, "job_code": "PT1", "site_id": "S01", "manager_id": "PLANTED-MGR-78"}
    beside_golden(
        "job_history",
        {**job, "effective_on": "2024-03-04", "sequence": "0", "event": "hire", "fte": COLLEAGUE},
        {**job, "effective_on": PERSON, "sequence": "0", "event": "job_change"},
        {
            **job,
            "effective_on": "2025-01-10",
            "sequence": "0",
            "event": "termination",
            "separation_type": "voluntary",
            "reason": f"Fell out with {COLLEAGUE}",
        },
    )
    beside_golden(
        "credentials",
        {
            "credential_id": "PLANTED-REC-1",
            "employee_id": EMPLOYEE,
            "credential_code": "CPhT",
            "certification_number": CERTIFICATION,
            "issued_on": "2024-05-01",
            "verified_on": PERSON,
        },
    )
    beside_golden(
        "exit_interviews",
        {
            "employee_id": EMPLOYEE,
            "interviewed_on": "2025-01-12",
            "primary_reason": "pay",
            "growth_visibility": COLLEAGUE,
            "comments": f"Ask {PERSON} about it",
        },
    )
    beside_golden(
        "completions",
        {
            "completion_id": "PLANTED-REC-2",
            "employee_id": "PLANTED-EMP-80",
            "course_id": "CR-AUTO",
            "completed_on": "2024-06-01",
        },
    )

    write_csv(
        folder / "evaluations_refused.csv",
        [{"evaluation_id": "PLANTED-REC-3", "employee_id": EMPLOYEE, "evaluated_on": PERSON,
          "competency_id": "coaching", "score": "3"}],
    )  # fmt: skip
    credit = {"ce_id": "PLANTED-REC-4", "employee_id": EMPLOYEE, "earned_on": "2024-08-01", "hours": "1"}
    write_csv(
        folder / "ce_credits_refused.csv",
        [{**credit, "topic": "law"}, {**credit, "ce_id": "PLANTED-REC-5", "hours": COLLEAGUE, "topic": "law"}],
    )
    write_csv(folder / "rewards_refused.csv", [{"employee_id": EMPLOYEE, "granted_on": "2024-08-01", "kind": "bonus"}])


def write_mended(folder: Path) -> None:
    """The file of rewards with the column that it lacked."""
    rewards = [{"employee_id": EMPLOYEE, "granted_on": "2024-08-01", "kind": "bonus", "amount": "251.5"}]
    write_csv(folder / "rewards_refused.csv", rewards)
