"""Who is who across systems: three deliveries of one small organisation, in turn, and at once by the command line.

The HR system knows people by id, the learning system by e-mail, the badge system by names of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.feeds.persons import persons_by_feed
from pipelines.landing import Batch, SourceOptions
from tests.integration.cli import published, rxladder, said
from tests.integration.landed_build import SPANS, LandedBuild

AS_OF = date(2024, 9, 30)

FILES: tuple[Mapping[str, str], ...] = (
    {
        "hris/employees_1": """employee_id,full_name,work_email
            E1,Ann Lee,ann.lee@x.org
            E2,Bob Roe,bob.roe@x.org
            E3,José Díaz,jose.diaz@x.org
            E5,María Cruz,m.cruz@x.org""",
        "hris/job_history_1": """employee_id,effective_on,event,job_code,site_id
            E1,2023-01-09,hire,PT1,S1
            E2,2022-02-01,hire,PT1,S1
            E2,2024-03-29,termination,,
            E3,2023-03-01,hire,PT1,S1
            E5,2022-05-02,hire,PT1,S1
            E5,2024-05-31,termination,,""",
        "lms/completions_1": """completion_id,employee_id,course_id,completed_on
            c1,ann.lee@x.org,law,2024-02-01
            c2,BOB.ROE@x.org,law,2024-01-15
            c3,ghost@x.org,law,2024-02-02
            c4,jose.diaz@home.org,law,2024-02-03
            c5,ghost@x.org,law,2024-03-02""",
        "badges/credentials": """credential_id,employee_id,credential_code,issued_on
            b1,lee77,CPhT,2023-05-01""",
        "program/sites": "site_id,name\nS1,One",
        "program/tiers": "tier,title,track,rank,is_entry\nT1,One,core,1,true\nT2,Two,core,2,false",
        "program/tier_paths": "from_tier,to_tier\nT1,T2",
        "program/job_tiers": "job_code,effective_on,tier\nPT1,,T1",
    },
    {  # Ann has another address, the leaver's went to somebody new, and somebody may be back
        "hris/employees_2": """employee_id,full_name,work_email
            E1,Ann Lee,ann.kim@x.org
            E4,Bo Ray,bob.roe@x.org
            E9,"CRUZ, Maria Jr.",maria.cruz@x.org""",
        "hris/job_history_2": """employee_id,effective_on,event,job_code,site_id
            E4,2024-06-03,hire,PT1,S1
            E9,2024-07-01,hire,PT1,S1""",
        "lms/completions_2": """completion_id,employee_id,course_id,completed_on
            c6,ann.kim@x.org,law,2024-08-01
            c7,bob.roe@x.org,law,2024-08-02
            c8,ann.lee@x.org,law,2024-08-05
            c9,maria.cruz@x.org,law,2024-08-06""",
    },
    {
        "program/person_links": """source,person,employee_id
            badges,lee77,E1
            lms,jose.diaz@home.org,E3
            hris,E9,E5"""
    },
)


SOURCES: Mapping[str, Any] = {"hris": {}, "lms": "work_email", "badges": {"credentials": "links"}, "program": {}}
"""What each source calls people."""
TABLES = (*SPANS, "+standing_problems", "+dim_employees", "+fct_completions", "+path:models/restricted")


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        file = folder / f"{name}.csv"
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(re.sub(r"\n +", "\n", text), encoding="utf-8")


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the tables say after each delivery; and last what was known after the second, asked when all has landed."""
    root = tmp_path_factory.mktemp("persons")
    ways = {name: persons_by_feed(way) for name, way in SOURCES.items()}
    persons = {(name, feed): way for name, found in ways.items() for feed, way in found.items()}
    made = LandedBuild(root / "data", AS_OF, persons=persons)
    found: list[dict[str, Any]] = []
    newest: list[int] = []
    for files in FILES:
        _write(root, files)
        for name, found_ways in ways.items():
            landed = made.land(root / name, SourceOptions(name, persons=found_ways)) if (root / name).exists() else ()
            newest += [one.batch_seq for one in landed if isinstance(one, Batch)]
        found.append(_built(made.build(*TABLES)) | {"newest": newest[-1]})
    past = replace(made, known_at_seq=found[1]["newest"], parsed=made)
    return [*found, _built(past.build(*TABLES)) | {"newest": newest[-1]}]


@pytest.fixture(scope="module")
def synced_at_once(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command line publishes and says of all deliveries together."""
    root = tmp_path_factory.mktemp("persons_cli")
    for files in FILES:
        _write(root, files)
    sources = [{"name": name, "exports": name, "persons": way} for name, way in SOURCES.items() if way]
    sources += [{"name": name, "exports": name} for name, way in SOURCES.items() if not way]
    (root / "rxladder.yml").write_text(json.dumps({"sources": sources}), encoding="utf-8")
    ended = rxladder("sync", "--config", root, "--data", root / "data", "--as-of", AS_OF)
    assert ended.returncode == 3, said(ended)  # two of nine completions are of nobody: a person has to look
    with published(root / "data") as connection:
        state = _state(connection)
    return state | {"said": said(ended), "status": said(rxladder("status", "--config", root, "--data", root / "data"))}


def _built(made: LandedBuild) -> dict[str, Any]:
    with duckdb.connect() as connection:
        for name in ("metrics", "people"):
            connection.execute(f"attach '{made.folder / name}.duckdb' as {name} (read_only)")
        return _state(connection)


def _state(db: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    ids = "(select employee_key, employee_id from people.main.directory)"

    def rows(sql: str) -> list[tuple[Any, ...]]:
        return db.execute(sql).fetchall()

    tables = rows("select schema_name || '.' || table_name from duckdb_tables() where database_name = 'metrics'")
    return {
        "completions": dict(
            rows(
                "select completed_on::varchar, employee_id from metrics.core.fct_completions"
                f" left join {ids} using (employee_key)"
            )
        ),
        "credentials": rows(
            f"select employee_id from metrics.core.fct_credentials left join {ids} using (employee_key)"
        ),
        "directory": [one for (one,) in rows("select employee_id from people.main.directory order by 1")],
        "employees": rows("select count(*) from metrics.core.dim_employees")[0][0],
        "employments": rows(
            "select employee_id, employment_number, started_on::varchar, ended_on::varchar"
            f" from metrics.core.fct_employments join {ids} using (employee_key) order by all"
        ),
        "review": rows(
            "select kind, source, feed, reason, record_count, first_on::varchar, candidate_count"
            " from metrics.quality.person_review order by all"
        ),
        "candidates": rows(
            "select person, candidate_employee_id, evidence, person_link"
            " from people.main.person_candidates order by all"
        ),
        "problems": {
            (kind, source, feed): count
            for kind, source, feed, count in rows(
                "select kind, source, feed, affected_count from metrics.quality.standing_problems"
            )
        },
        "addresses": [
            table
            for (table,) in tables
            if rows(f"select count(*) from metrics.{table} as one where cast(one as varchar) like '%@%'") != [(0,)]
        ],
    }


def test_records_are_whose_address_it_was_on_the_day(builds: list[dict[str, Any]]) -> None:
    first, second, *_ = builds
    assert first["completions"] == {
        "2024-02-01": "E1", "2024-01-15": "E2", "2024-02-02": None, "2024-02-03": None, "2024-03-02": None,
    }  # fmt: skip
    assert second["completions"] == first["completions"] | {
        "2024-08-01": "E1", "2024-08-02": "E4", "2024-08-05": "E1", "2024-08-06": "E9",
    }  # fmt: skip


def test_who_is_not_known_is_listed_with_candidates_and_is_nobody_else(builds: list[dict[str, Any]]) -> None:
    first = builds[0]
    assert first["review"] == [
        ("unmatched", "badges", "credentials", "no_link", 1, "2023-05-01", 0),
        ("unmatched", "lms", "completions", "unknown_address", 1, "2024-02-03", 1),
        ("unmatched", "lms", "completions", "unknown_address", 2, "2024-02-02", 0),
    ]
    assert first["candidates"] == [
        ("ghost@x.org", None, None, "lms,ghost@x.org,,,"),
        (
            "jose.diaz@home.org", "E3", "the same before the @; the same names", "lms,jose.diaz@home.org,E3,,",
        ),
        ("lee77", None, None, "badges,lee77,,,"),
    ]  # fmt: skip
    assert first["employees"] == 4
    assert first["directory"] == ["E1", "E2", "E3", "E5"]
    assert first["problems"][("unmatched_people", "lms", None)] == 3


def test_a_return_under_a_new_id_is_proposed_and_nothing_more(builds: list[dict[str, Any]]) -> None:
    second = builds[1]
    assert ("rehire_under_new_id", "hris", "job_history", "same_name_as_a_leaver", None, "2024-07-01", 1) in second[
        "review"
    ]
    assert ("E9", "E5", "the same name", "hris,E9,E5,,") in second["candidates"]
    assert ("E4", "E2", "the same work e-mail", "hris,E4,E2,,") in second["candidates"]
    assert second["directory"] == ["E1", "E2", "E3", "E4", "E5", "E9"]


def test_what_is_confirmed_is_one_person_everywhere(builds: list[dict[str, Any]]) -> None:
    _, second, third, _ = builds
    assert third["completions"] == second["completions"] | {"2024-02-03": "E3", "2024-08-06": "E5"}
    assert (second["credentials"], third["credentials"]) == ([(None,)], [("E1",)])
    assert [row for row in third["employments"] if row[0] == "E5"] == [
        ("E5", 1, "2022-05-02", "2024-06-01"),
        ("E5", 2, "2024-07-01", None),
    ]
    assert third["directory"] == ["E1", "E2", "E3", "E4", "E5"]
    assert [row[0] for row in third["candidates"]] == ["E4", "ghost@x.org"]


def test_a_past_state_does_not_know_of_a_link_that_landed_later(builds: list[dict[str, Any]]) -> None:
    _, second, third, past = builds
    assert past["newest"] > second["newest"]
    for name in second.keys() - {"newest"}:
        assert past[name] == second[name], name
    assert past["completions"] != third["completions"]


def test_no_row_for_analysts_holds_an_address(builds: list[dict[str, Any]]) -> None:
    assert [state["addresses"] for state in builds] == [[], [], [], []]


def test_the_command_line_publishes_the_same_and_says_who_is_not_matched(
    builds: list[dict[str, Any]], synced_at_once: dict[str, Any]
) -> None:
    third = builds[2]
    for name in ("completions", "credentials", "directory", "employments", "review", "candidates", "problems"):
        assert synced_at_once[name] == third[name], name
    assert synced_at_once["addresses"] == []
    for said_then in (synced_at_once["said"], synced_at_once["status"]):
        assert "Not matched in lms: 1 who are no employees, in 2 records" in said_then
        assert "Maybe back in hris: 1 under a new id" in said_then
    assert "person_candidates" in synced_at_once["said"]
