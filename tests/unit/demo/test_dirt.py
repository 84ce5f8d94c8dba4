"""The dirty exports: every line of the ledger is where it says, and the settings beside it can be read."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipelines.demo import Scenario, write_demo
from pipelines.demo.dirt import KINDS, LEDGER_FILE
from pipelines.settings import load

ACTIONS = {"quarantined", "repaired", "mapped", "linked", "flagged", "corrected", "refused"}


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dirt")
    write_demo(folder, Scenario(), dirty=True)
    return folder


def _ledger(folder: Path) -> list[dict[str, str]]:
    with (folder / LEDGER_FILE).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_kind_is_planted_and_every_action_asked_for(dirty: Path) -> None:
    ledger = _ledger(dirty)
    assert len(set(KINDS)) == 25
    assert {fault["kind"] for fault in ledger} == set(KINDS)
    assert {fault["action"] for fault in ledger} == ACTIONS


def test_ledger_lines_hold_the_value_that_they_name(dirty: Path) -> None:
    files: dict[str, list[list[str]]] = {}
    for fault in _ledger(dirty):
        if fault["file"] not in files:
            with (dirty / fault["file"]).open(encoding="utf-8", newline="") as file:
                files[fault["file"]] = list(csv.reader(file))
        rows = files[fault["file"]]
        if fault["line"] and fault["column"] in rows[0]:
            assert rows[int(fault["line"]) - 1][rows[0].index(fault["column"])] == fault["value"], fault
        if fault["meant"]:
            assert fault["value"] != fault["meant"] or fault["kind"] == "retroactive_promotion", fault


def test_settings_name_every_folder_as_a_source(dirty: Path) -> None:
    settings = load(dirty)
    assert {source.name for source in settings.sources} == {p.name for p in dirty.iterdir() if p.is_dir()}
    hris = next(source for source in settings.sources if source.name == "hris").options()
    assert hris.termination_date_is_first_day_off
    assert hris.mode("employees") == "snapshot"
    lms_old = next(source for source in settings.sources if source.name == "lms_old").options()
    assert lms_old.persons["completions"] == "work_email"


def test_same_seed_same_dirt(dirty: Path, tmp_path: Path) -> None:
    write_demo(tmp_path, Scenario(), dirty=True)
    files = [path.relative_to(dirty) for path in sorted(dirty.rglob("*")) if path.is_file()]
    assert len(files) > 35
    assert all((tmp_path / file).read_bytes() == (dirty / file).read_bytes() for file in files)


def test_daily_and_dirty_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="can't be combined"):
        write_demo(tmp_path, dirty=True, daily=3)
