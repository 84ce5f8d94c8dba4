"""Lists however they are delivered: in one file or many, in any order and format, by several sources, beside a history.

One build holds them all; the sources number people alike and are told apart by their prefixes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.landing import Batch, SourceOptions
from tests.integration.landed_build import SPANS, LandedBuild
from tests.integration.roster_files import OTHERS, Lines, write_list, write_program
from tests.integration.test_sync_rosters import FIFTH_LIST, FIRST_LIST, FOURTH_LIST, SECOND_LIST, SINCE_2021

AS_OF = date(2024, 4, 3)
LISTS: Mapping[str, Lines] = {
    "2024-03-03": FIRST_LIST,
    "2024-03-10": SECOND_LIST,
    "2024-03-24": FOURTH_LIST,
    "2024-03-31": FIFTH_LIST,
}

HISTORY = """employee_id,effective_on,event,job_code,site_id,separation_type
known,2022-01-10,hire,PT1,S00,
known,2024-03-05,job_change,PT2,,
moved,2024-03-06,termination,,,voluntary
moved,2024-03-04,leave_start,,,
"""
_LEADS = SINCE_2021 | {"job_code": "PT2"}
SAME_PEOPLE: Mapping[str, Mapping[str, Lines]] = {
    "east": {
        "2024-03-03": {"both": SINCE_2021, "moves": SINCE_2021},
        "2024-03-10": {"both": SINCE_2021, "moves": SINCE_2021},
        "2024-03-24": {"both": SINCE_2021},
        "2024-03-31": {"both": SINCE_2021},
    },
    "west": {
        "2024-03-11": {"both": _LEADS, "moves": _LEADS},
        "2024-03-25": {"both": _LEADS, "moves": _LEADS},
    },
}
"""Lists of two sources that number the same people alike."""


def _files(folder: Path, lists: Mapping[str, Lines] = LISTS) -> list[Path]:
    """A file a list, named by its day."""
    files = [folder / f"roster_{day}.csv" for day in lists]
    for file, lines in zip(files, lists.values(), strict=True):
        write_list(file, lines)
    return files


def _again(folder: Path, day: str, lines: Lines) -> Path:
    """Another file with the list of a day."""
    file = folder / f"roster_{day}_v2.csv"
    write_list(file, lines)
    return file


def _together(folder: Path, target: str) -> list[Path]:
    """All lists in one file, the last first, with their days in a column."""
    _files(folder / "apart")
    (folder / "drop").mkdir()
    duckdb.sql(
        f"copy (select * exclude (filename), regexp_extract(filename, '20..-..-..')::date as as_of_on"
        f" from read_csv('{folder}/apart/*.csv', filename = true) order by as_of_on desc, employee_id)"
        f" to '{folder / 'drop' / target}'"
    )
    return [folder / "drop" / target]


DELIVERED: dict[str, Callable[[Path], list[Path]]] = {
    "many": _files,
    "backwards": lambda folder: _files(folder)[::-1],
    "twice": lambda folder: [*_files(folder), _again(folder, "2024-03-10", SECOND_LIST)],
    "together": lambda folder: _together(folder, "roster.csv"),
    "parquet": lambda folder: _together(folder, "roster.parquet"),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> LandedBuild:
    root = tmp_path_factory.mktemp("lists")
    made = LandedBuild(root / "data", AS_OF)

    def land(file: Path, options: SourceOptions) -> None:
        drop = root / "drops" / f"{options.name}-{len(list((root / 'drops').glob('*')))}"
        drop.mkdir(parents=True)
        file.rename(drop / file.name)
        (outcome,) = made.land(drop, options)
        assert isinstance(outcome, Batch), outcome.reason

    for source, deliver in DELIVERED.items():
        for file in deliver(root / source):
            land(file, SourceOptions(source, id_prefix=f"{source}-"))

    whole = SourceOptions("whole", id_prefix="whole-", modes={"roster": "snapshot"})
    lists = {"2024-03-03": {"stays": SINCE_2021}, "2024-03-10": {"stays": SINCE_2021, "by_mistake": {}}}
    for file in [*_files(root / "whole", lists), _again(root / "whole", "2024-03-10", {"stays": SINCE_2021})]:
        land(file, whole)

    day_off = SourceOptions("day_off", id_prefix="day_off-", termination_date_is_first_day_off=True)
    for file in _files(root / "day_off", {"2024-03-03": {"left": SINCE_2021 | {"terminated_on": "2024-02-24"}}}):
        land(file, day_off)

    program, beside = root / "program", SourceOptions("beside", id_prefix="two-")
    write_program(program)
    made.land(program)
    (root / "job_history.csv").write_text(HISTORY, encoding="utf-8")
    land(root / "job_history.csv", SourceOptions("hris", id_prefix="two-"))
    on_both = {"2024-03-03": {"known": {}, "moved": SINCE_2021, "new": {}}, "2024-03-10": {"new": {}}}
    for file in _files(root / "beside", on_both):
        land(file, beside)
    for source, lists in SAME_PEOPLE.items():
        for file in _files(root / source, lists):
            land(file, SourceOptions(source, id_prefix="same-"))
    return made.build(*SPANS)


def _of(built: LandedBuild, prefix: str, table: str, columns: str) -> list[tuple[Any, ...]]:
    """Rows of the people with a prefix, who come first, without it."""
    return built.query(
        f"select employee_id[{len(prefix) + 1}:] as person, {columns} from metrics.{table}"
        f" join build.control.employee_keys using (employee_key)"
        f" where starts_with(employee_id, '{prefix}') order by all"
    )


COMPARED = {
    "core.fct_employments": "employment_number, started_on, ended_on, start_event, separation_type",
    "core.fct_job_spells": "started_on, ended_on, job_code, tier, site_id, employment_class, fte",
    "core.fct_tier_spells": "spell_number, tier, started_on, ended_on, start_reason, end_reason",
    "quality.roster_events": "effective_on, sequence, event, kind, earliest_on, latest_on",
}


@pytest.mark.parametrize("source", [source for source in DELIVERED if source != "many"])
def test_lists_say_the_same_however_they_are_delivered(built: LandedBuild, source: str) -> None:
    for table, columns in COMPARED.items():
        of_many = _of(built, "many-", table, columns)
        assert len(of_many) > 30
        assert _of(built, f"{source}-", table, columns) == of_many, table
    lists = "select as_of_on, people_count, days_since_previous, missed_lists, came_count, gone_count"
    of_source = f"{lists} from metrics.quality.roster_lists where source = $$%s$$ order by 1"
    assert built.query(of_source % source) == built.query(of_source % "many")


def test_a_list_that_is_all_there_is_takes_nobody_off_the_lists_of_other_days(built: LandedBuild) -> None:
    rows = [row for row in _of(built, "whole-", "core.fct_employments", "started_on, ended_on") if row[0][0] != "o"]
    assert rows == [("stays", date(2021, 2, 1), None)]
    assert built.query(
        "select as_of_on, people_count from metrics.quality.roster_lists where source = 'whole' order by 1"
    ) == [(date(2024, 3, 3), 31), (date(2024, 3, 10), 31)]


def test_a_source_may_give_the_first_day_off(built: LandedBuild) -> None:
    (left, *_) = _of(built, "day_off-", "core.fct_employments", "started_on, ended_on")
    assert left == ("left", date(2021, 2, 1), date(2024, 2, 24))


def test_a_history_counts_and_lists_are_for_those_who_have_none(built: LandedBuild) -> None:
    """Who is gone from the list of the 10th is still there by the history; a termination alone is no history."""
    columns = "started_on, ended_on, start_event, separation_type"
    rows = [row for row in _of(built, "two-", "core.fct_employments", columns) if row[0][0] != "o"]
    assert rows == [
        ("known", date(2022, 1, 10), None, "hire", None),
        ("moved", date(2021, 2, 1), date(2024, 3, 4), "hire", "unknown"),
        ("new", date(2024, 3, 3), None, "unknown", None),
    ]


def test_who_is_on_the_lists_of_two_sources_has_one_history(built: LandedBuild) -> None:
    spells = _of(built, "same-", "core.fct_job_spells", "job_code, started_on::varchar, ended_on::varchar")
    assert [row for row in spells if row[0] in ("both", "moves")] == [
        ("both", "PT1", "2021-02-01", None),
        ("moves", "PT1", "2021-02-01", "2024-03-11"),
        ("moves", "PT2", "2024-03-11", None),
    ]
    assert len({row[0] for row in spells}) == len(spells) - 1, "nobody is doubled"
    left_out = built.query(
        "select source, count(*) from build.staging.int_roster_sources where last_on >= counts_until_on group by source"
    )
    assert left_out == [("west", len(OTHERS) + 1)]
