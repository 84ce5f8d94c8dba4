"""Hand-made weekly lists, and the little else that a build needs."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.integration.cli import GOLDEN

COLUMNS = (
    "employee_id", "full_name", "hired_on", "terminated_on", "separation_type", "job_code", "site_id",
)  # fmt: skip
OTHERS = tuple(f"o{number:02d}" for number in range(30))
"""People on every list, so that one more or fewer makes no list too short."""

Lines = Mapping[str, Mapping[str, str]]


def write_program(drop: Path) -> None:
    """The golden organisation's sites, tiers, paths and job tiers."""
    drop.mkdir(parents=True, exist_ok=True)
    for feed in ("sites", "tiers", "tier_paths", "job_tiers"):
        shutil.copy(GOLDEN / "feeds" / f"{feed}.csv", drop)


def write_list(file: Path, lines: Lines, *, others: int = len(OTHERS)) -> None:
    """A list with these people, beside so many of OTHERS; a job is PT1 at S01 unless a line says otherwise."""
    usual = {"job_code": "PT1", "site_id": "S01"}
    everybody: dict[str, Mapping[str, str]] = {person: {"hired_on": "2020-05-04"} for person in OTHERS[:others]} | dict(
        lines
    )
    rows = [{"employee_id": person, "full_name": person.title(), **usual, **line} for person, line in everybody.items()]
    text = "\n".join(",".join(row.get(column, "") for column in COLUMNS) for row in rows)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{','.join(COLUMNS)}\n{text}\n", encoding="utf-8")
