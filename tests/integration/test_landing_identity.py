"""Lists and records whose ids a spreadsheet has changed are refused with the setting that mends them; others land."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.landing import Batch, SourceOptions
from pipelines.landing.ids_sql import IdRule
from tests.integration.landing_kit import Drop

PEOPLE = range(1, 41)


def roster(shape: str, people: range = PEOPLE) -> str:
    rows = "".join(f"{shape.format(n)},Person {n},2025-01-15,PT1,S1\n" for n in people)
    return f"employee_id,full_name,hired_on,job_code,site_id\n{rows}"


def employees(shape: str, people: range = PEOPLE) -> str:
    return "employee_id,full_name\n" + "".join(f"{shape.format(n)},Person {n}\n" for n in people)


def jobs(shape: str, people: range = PEOPLE) -> str:
    rows = "".join(f"{shape.format(n)},2025-03-01,job_change,PT2\n" for n in people)
    return f"employee_id,effective_on,event,job_code\n{rows}"


def completions(shape: str, people: range = PEOPLE) -> str:
    rows = "".join(f"k{n},{shape.format(n)},CR-A,2026-01-15\n" for n in people)
    return f"completion_id,employee_id,course_id,completed_on\n{rows}"


SHAPES = [
    ("{}", IdRule(width=5), "zeros put in front to 5 digits"),
    ("{}.0", IdRule(width=5, whole=True), "numbers such as 1.0 written as whole numbers and zeros put in front"),
    ("'{:05}", IdRule(apostrophe=True), "the apostrophe in front taken off"),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "rule", "words"), SHAPES, ids=["zeros", "one point nought", "apostrophe"])
@pytest.mark.parametrize("feed", ["roster", "employees", "job_history", "completions"])
def test_ids_that_changed_their_shape_refuse_the_file(
    tmp_path: Path, feed: str, shape: str, rule: IdRule, words: str
) -> None:
    drop = Drop(tmp_path)
    first, later = ("roster_2026-03-01.csv", "roster_2026-03-08.csv") if feed == "roster" else (f"{feed}.csv",) * 2
    if feed == "completions":
        drop.batch("employees.csv", employees("{:05}"))
        first, later = "", "completions.csv"
    text = {"roster": roster, "employees": employees, "job_history": jobs, "completions": completions}[feed]
    if first:
        drop.batch(first, text("{:05}"))
    refused = drop.refusal(later, text(shape))
    assert refused.fault.kind == "ids" and words in refused.fault.reason
    assert f"`ids: {rule}`" in refused.fault.cure
    drop.options = SourceOptions("hr", ids=rule)
    assert [isinstance(outcome, Batch) for outcome in drop.land() if outcome.file_name == later] == [True]


def test_hires_a_growing_list_and_a_small_list_are_no_strangers(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.batch("roster_2026-03-01.csv", roster("{:05}"))
    drop.batch("roster_2026-03-08.csv", roster("{:05}", range(5, 60)))
    drop.batch("roster_2021-03-01.csv", roster("{:05}", range(100, 150)))
    drop.batch("employees.csv", employees("{:05}"))
    drop.batch("employees_new.csv", employees("{:05}", range(60, 100)))
    drop.batch("completions.csv", completions("{:05}"))
    drop.batch("completions_strangers.csv", completions("V{:05}", range(1, 12)))
