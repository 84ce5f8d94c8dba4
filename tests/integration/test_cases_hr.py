"""What HR systems write for what happens to people, through the command line: transfers told as a termination and a
hire, hires who never came, one person under two ids, and records that contradict each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.integration.cli import Ended, published, said, sync
from tests.integration.landed_build import SPANS, LandedBuild

D = date
JOB_COLUMNS = (
    "employee_id,effective_on,sequence,event,job_code,site_id,manager_id,employment_class,fte,hourly_rate,"
    "separation_type,reason"
)
FILES = {
    "tiers": """tier,title,track,rank,is_entry
        T1,Technician I,core,1,true
        T2,Technician II,core,2,false
        L1,Lead,management,3,false""",
    "tier_paths": "from_tier,to_tier\nT1,T2",
    "job_tiers": """job_code,effective_on,tier
        PT1,,T1
        PT2,,T2
        PT9,,T9
        LEAD,,L1""",
    "sites": """site_id,name,region,state,site_type,opened_on,closed_on,program_started_on
        S1,Main,North,TX,community,2020-01-01,,2024-01-01
        S2,East,North,OH,community,2020-01-01,,""",
    "separation_reasons": """reason,reason_code,is_separation
        Transfer,transfer,false
        No  show,no_show,false
        Pay,pay,""",
    "person_links": """source,person,employee_id,valid_from_on,valid_to_on
        exports,move2,move,,
        exports,both2,both,,
        exports,untold2,untold,,""",
    "employees": "employee_id,full_name,work_email\n"
    + "\n".join(
        f"{name},Person {name},{name}@hr.example"
        for name in (
            "stay", "same", "move", "move2", "noshow", "both", "both2", "untold", "untold2", "second", "unknown",
            "gone", "self", "ring1", "ring2",
        )
    ),
    "job_history": JOB_COLUMNS
    + """
        stay,2024-02-01,0,hire,PT1,S1,,full_time,1,18,,
        same,2024-02-01,0,hire,PT1,S1,,full_time,1,18,,
        same,2026-06-30,0,termination,,,,,,,voluntary, TRANSFER
        same,2026-07-01,0,hire,PT2,S2,,full_time,1,20,,
        move,2024-02-01,0,hire,PT1,S1,,full_time,1,18,,
        move,2026-06-27,0,termination,,,,,,,voluntary,Transfer
        move2,2026-07-01,0,hire,PT2,S2,,full_time,1,20,,
        noshow,2026-05-04,0,hire,PT1,S1,,full_time,1,18,,
        noshow,2026-05-04,1,termination,,,,,,,voluntary,No Show
        both,2023-02-01,0,hire,PT1,S1,,full_time,1,18,,
        both,2024-03-31,0,termination,,,,,,,voluntary,Pay
        both2,2024-03-15,0,hire,PT1,S2,,full_time,1,18,,
        untold,2024-02-01,0,hire,PT1,S1,,full_time,1,18,,
        untold,2026-06-30,0,termination,,,,,,,voluntary,Moved on
        untold2,2026-07-01,0,hire,PT1,S2,,full_time,1,18,,
        second,2024-02-01,0,hire,PT1,S1,,full_time,1,18,,
        second,2025-02-01,0,hire,PT1,S2,,part_time,0.4,18,,
        second,2026-02-01,0,termination,,,,,,,voluntary,Pay
        unknown,2024-02-01,0,hire,PT1,S1,,full_time,1,18,,
        unknown,2025-02-01,0,job_change,PT9,,,,,,,
        unknown,2026-02-01,0,job_change,PT2,,,,,,,
        gone,2024-02-01,0,hire,PT1,S1,,full_time,1,18,,
        gone,2025-03-31,0,termination,,,,,,,voluntary,Pay
        self,2024-02-01,0,hire,PT1,S1,self,full_time,1,18,,
        ring1,2024-02-01,0,hire,PT1,S1,ring2,full_time,1,18,,
        ring2,2024-02-01,0,hire,PT1,S1,ring1,full_time,1,18,,""",
    "openings": """opening_id,site_id,job_code,opened_on,filled_on,fill_source,filled_by_id,cost
        o1,S1,LEAD,2026-02-01,2026-01-15,external,,
        o2,S1,LEAD,2026-02-01,2026-02-11,external,,""",
    "mentorships": """mentorship_id,mentor_id,mentee_id,started_on,ended_on
        m1,stay,stay,2025-06-01,
        m2,stay,ring1,2025-06-01,2025-05-01""",
    "rewards": "employee_id,granted_on,kind,amount\ngone,2025-04-10,bonus,70",
}  # fmt: skip


def _written(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(parents=True)
    for feed, text in files.items():
        (folder / f"{feed}.csv").write_text("\n".join(line.strip() for line in text.splitlines()) + "\n")
    return folder


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Path]:
    root = tmp_path_factory.mktemp("hr")
    return sync(_written(root / "exports", FILES), root / "data", as_of="2026-12-31"), root / "data"


@pytest.fixture(scope="module")
def release(ended: tuple[Ended, Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    assert ended[0].returncode in (0, 3), said(ended[0])
    with published(ended[1]) as connection:
        connection.execute("create temp view person as select employee_key, employee_id as id from people.directory")
        yield connection


def _rows(release: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    return release.execute(sql, values).fetchall()


def _of(release: duckdb.DuckDBPyConnection, table: str, columns: str, person: str) -> list[tuple[Any, ...]]:
    return _rows(
        release,
        f"select {columns} from metrics.{table} join person using (employee_key) where id = $1 order by all",
        person,
    )


@pytest.mark.parametrize("person", ["same", "move"])
def test_a_transfer_is_one_employment_with_a_promotion_and_a_move(
    release: duckdb.DuckDBPyConnection, person: str
) -> None:
    """Under one id, and under two that are linked: on 1 July 2026 to S2 and T2."""
    assert _of(release, "core.fct_employments", "employment_number, started_on, ended_on", person) == [
        (1, D(2024, 2, 1), None)
    ]
    assert _of(release, "core.fct_promotions", "promoted_on, from_site_id, to_site_id, days_in_from_tier", person) == [
        (D(2026, 7, 1), "S1", "S2", 881)
    ]
    assert _of(release, "core.fct_separations", "last_day_on", person) == []
    assert _of(release, "core.dim_employees", "first_hired_on, tenure_days, site_id", person) == [
        (D(2024, 2, 1), 1065, "S2")
    ]
    kinds = [kind for (kind,) in _of(release, "quality.contradictions", "kind", person)]
    assert kinds == ["hire_taken_as_move", "termination_taken_as_move"]


def test_the_days_between_are_leave(release: duckdb.DuckDBPyConnection) -> None:
    assert _of(release, "core.fct_job_spells", "started_on, ended_on, site_id, is_on_leave", "move") == [
        (D(2024, 2, 1), D(2026, 6, 28), "S1", False),
        (D(2026, 6, 28), D(2026, 7, 1), "S1", True),
        (D(2026, 7, 1), None, "S2", False),
    ]


def test_the_walk_shows_promotions_and_no_hire(release: duckdb.DuckDBPyConnection) -> None:
    """In July 2026 only the person whose move nobody declared was hired; the two transfers came up."""
    found = _rows(
        release,
        "select sum(hires), sum(promotions_in), sum(promotions_out), sum(separations_voluntary)"
        " from metrics.marts.headcount_walk_by_month where month = '2026-07-01'",
    )
    assert found == [(1, 2, 2, 0)]
    attrition = "select sum(hires) from metrics.marts.new_hire_attrition"
    attrition += " where cohort_month >= '2026-05-01' and days = 90"
    assert _rows(release, attrition) == [(1,)]


def test_who_never_came_was_nobody(release: duckdb.DuckDBPyConnection) -> None:
    assert _of(release, "core.fct_employments", "started_on", "noshow") == []
    assert _of(release, "core.dim_employees", "first_hired_on, is_active", "noshow") == [(None, False)]
    assert _of(release, "quality.contradictions", "kind, event, is_counted", "noshow") == [
        ("never_began", "hire", False),
        ("never_began", "termination", False),
    ]


def test_two_ids_that_overlap_are_one_employment(release: duckdb.DuckDBPyConnection) -> None:
    assert _of(release, "core.fct_employments", "started_on, ended_on", "both") == [(D(2023, 2, 1), None)]
    assert _of(release, "quality.contradictions", "kind, effective_on", "both") == [
        ("end_of_one_of_several_ids", D(2024, 3, 31)),
        ("hire_while_employed", D(2024, 3, 15)),
    ]


def test_a_confirmed_link_leaves_the_separation_in_sight(release: duckdb.DuckDBPyConnection) -> None:
    """Nobody has said that "Moved on" is no separation: it counts, and stands as a problem with its cure."""
    assert _of(release, "core.fct_separations", "last_day_on, separation_type", "untold") == [
        (D(2026, 6, 30), "voluntary")
    ]
    assert _of(release, "quality.contradictions", "kind, effective_on", "untold") == [
        ("back_under_another_id", D(2026, 7, 1))
    ]
    found = _rows(
        release,
        "select affected_count, cure from metrics.quality.standing_problems where kind = 'returns_under_another_id'",
    )
    assert len(found) == 1
    assert found[0][0] == 1
    assert "separation_reasons" in found[0][1]


def test_the_end_of_a_second_job_is_listed(release: duckdb.DuckDBPyConnection) -> None:
    assert _of(release, "quality.contradictions", "kind, effective_on", "second") == [
        ("end_of_several_hires", D(2026, 2, 1)),
        ("hire_while_employed", D(2025, 2, 1)),
    ]


def test_a_step_through_an_unknown_tier_is_still_a_promotion(release: duckdb.DuckDBPyConnection) -> None:
    assert _of(release, "core.fct_tier_spells", "tier, started_on, end_reason, next_tier", "unknown") == [
        ("T1", D(2024, 2, 1), "promoted", "T2"),
        ("T2", D(2026, 2, 1), "open", None),
    ]
    assert ("tier", "job_tiers", "T9") in _rows(release, "select kind, feed, missing_id from metrics.quality.orphans")


def test_an_opening_filled_before_it_opened_takes_no_days(release: duckdb.DuckDBPyConnection) -> None:
    found = _rows(
        release,
        "select openings, filled_externally, median_days_to_fill from metrics.marts.leadership_pipeline"
        " where site_id = 'S1' and openings > 0",
    )
    assert found == [(2, 2, 10)]
    assert ("filled_before_opened", "o1") in _rows(release, "select kind, subject from metrics.quality.contradictions")


def test_nobody_is_mentored_by_themselves_or_backwards(release: duckdb.DuckDBPyConnection) -> None:
    assert _rows(release, "select * from metrics.core.fct_mentorships") == []
    assert _rows(release, "select mentored_person_days from metrics.marts.mentorship_effect") == [(None,), (None,)]
    kinds = {
        kind for (kind,) in _rows(release, "select kind from metrics.quality.contradictions where feed = 'mentorships'")
    }
    assert kinds == {"mentor_of_themselves", "mentorship_ended_before_it_began"}


def test_a_reward_after_the_last_day_is_a_cost_and_listed(release: duckdb.DuckDBPyConnection) -> None:
    costs = (
        "select month, site_id, amount_usd, unpriced from metrics.marts.program_costs_by_month where line = 'rewards'"
    )
    assert _rows(release, costs) == [(D(2025, 4, 1), "S1", 70, 0)]
    assert _of(release, "quality.contradictions", "kind, effective_on", "gone") == [
        ("rewarded_while_not_employed", D(2025, 4, 10))
    ]


def test_managers_who_go_in_circles_are_listed(release: duckdb.DuckDBPyConnection) -> None:
    found = _rows(
        release,
        "select id, kind from metrics.quality.contradictions join person using (employee_key)"
        " where kind like 'manager%' order by all",
    )
    assert found == [
        ("ring1", "managers_in_a_circle"), ("ring2", "managers_in_a_circle"), ("self", "manager_of_themselves"),
    ]  # fmt: skip


def test_sync_says_what_it_found(ended: tuple[Ended, Path]) -> None:
    """What points at nothing and what contradicts itself, by feed; a tier in a quarter of job_tiers needs a person."""
    assert ended[0].returncode == 3
    text = " ".join(said(ended[0]).split())
    assert "Orphans: job_tiers: tier of 1 record is described by no delivery, such as T9 (quality.orphans)" in text
    assert "Contradictions: openings: filled before opened (1)" in text
    assert re.search(r"Promotions a year, last 12 months [\d.]+% [\d.]+% and [\d.]+% \d\.\d person-years", text)


LISTS = {
    "2026-06-22": """employee_id,full_name,hired_on,terminated_on,separation_type,reason,job_code,site_id
        stay,Person A,2024-02-01,,,,PT1,S1
        told,Person B,2024-02-01,,,,PT1,S1
        untold,Person C,2024-02-01,,,,PT1,S1
        kept,Person D,2024-02-01,,,,PT1,S1
        left,Person E,2024-02-01,2026-06-15,voluntary,Pay,PT1,S1
        typo,Person F,2024-02-01,,,,PT1,S1
        never,Person G,2026-06-01,2026-05-01,voluntary,,PT1,S1""",
    "2026-06-29": """employee_id,full_name,hired_on,terminated_on,separation_type,reason,job_code,site_id
        stay,Person A,2024-02-01,,,,PT1,S1
        told,Person B,2024-02-01,2026-06-28,voluntary,transfer,PT1,S1
        untold2,Person C,2024-02-01,,,,PT2,S2
        kept2,Person D,2026-06-27,,,,PT2,S2
        left,Person E,2026-06-25,2026-06-15,voluntary,Pay,PT1,S1
        typo,Person F,2024-02-01,2023-06-24,voluntary,Pay,PT1,S1""",
    "2026-07-06": """employee_id,full_name,hired_on,terminated_on,separation_type,reason,job_code,site_id
        stay,Person A,2024-02-01,,,,PT1,S1
        told2,Person B,2026-07-01,,,,PT2,S2
        untold2,Person C,2024-02-01,,,,PT2,S2
        kept2,Person D,2026-06-27,,,,PT2,S2
        left,Person E,2026-06-25,2026-06-15,voluntary,Pay,PT1,S1""",
}


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> LandedBuild:
    """Of lists, where an id is gone and its person is there under another; sites.csv holds a header only."""
    root = tmp_path_factory.mktemp("hr_lists")
    files = {feed: FILES[feed] for feed in ("tiers", "tier_paths", "job_tiers", "separation_reasons")}
    files |= {f"roster_{day}": text for day, text in LISTS.items()}
    files["sites"] = FILES["sites"].splitlines()[0]
    files["person_links"] = "\n".join(
        ["source,person,employee_id", *(f"exports,{name}2,{name}" for name in ("told", "untold", "kept"))]
    )
    built = LandedBuild(root / "data", D(2026, 7, 6))
    built.land(_written(root / "drop", files))
    return built.build(*SPANS, "+contradictions", "+orphans")


def _listed(lists: LandedBuild, table: str, columns: str, person: str) -> list[tuple[Any, ...]]:
    return lists.query(
        f"select {columns} from metrics.{table} as t join build.staging.int_employee_keys as ids"
        f" on t.employee_key = ids.own_key where ids.employee_id = '{person}' order by all"
    )


@pytest.mark.parametrize(
    ("person", "spells"),
    [
        # Told with a reason that is no separation: away from the last day to the hire.
        ("told", [("2024-02-01", "2026-06-29", "T1", False), ("2026-06-29", "2026-07-01", "T1", True),
                  ("2026-07-01", None, "T2", False)]),
        # Gone from the very list that has the other id for the first time, with the first day of long ago.
        ("untold", [("2024-02-01", "2026-06-23", "T1", False), ("2026-06-23", "2026-06-29", "T1", True),
                    ("2026-06-29", None, "T2", False)]),
        ("kept", [("2024-02-01", "2026-06-23", "T1", False), ("2026-06-23", "2026-06-27", "T1", True),
                  ("2026-06-27", None, "T2", False)]),
    ],
)  # fmt: skip
def test_lists_tell_of_transfers_too(
    lists: LandedBuild, person: str, spells: list[tuple[str, str | None, str, bool]]
) -> None:
    found = _listed(
        lists, "core.fct_job_spells",
        "employment_number, cast(started_on as varchar), cast(ended_on as varchar), tier, is_on_leave", person,
    )  # fmt: skip
    assert found == [(1, *spell) for spell in spells]
    kinds = [kind for (kind,) in _listed(lists, "quality.contradictions", "kind", person)]
    assert kinds == ["hire_taken_as_move", "termination_taken_as_move"]


def test_a_list_line_that_ends_before_it_begins_employs_nobody(lists: LandedBuild) -> None:
    """Who had been listed is gone with that line; who came back keeps the last day of before, and is there."""
    columns = "cast(started_on as varchar), cast(ended_on as varchar)"
    assert _listed(lists, "core.fct_employments", columns, "never") == []
    assert _listed(lists, "core.fct_employments", columns, "typo") == [("2024-02-01", "2026-06-23")]
    assert _listed(lists, "core.fct_employments", columns, "left") == [
        ("2024-02-01", "2026-06-16"), ("2026-06-29", None),
    ]  # fmt: skip
    for person in ("never", "typo"):
        kinds = [kind for (kind,) in _listed(lists, "quality.contradictions", "kind", person)]
        assert kinds == ["list_line_ends_before_it_begins"]
    assert _listed(lists, "quality.contradictions", "kind", "left") == []


def test_sites_with_a_header_only_know_no_site(lists: LandedBuild) -> None:
    found = lists.query("select missing_id, record_count from metrics.quality.orphans where kind = 'site' order by all")
    assert [site for site, _ in found] == ["S1", "S2"]
