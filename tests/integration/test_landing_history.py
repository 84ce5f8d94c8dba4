"""What landed before decides about what comes now: skipping, gates, refusals, and what a crash leaves."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.landing import Batch, Catalog, Landing, LandingError, Limits, Refusal, Refused, SourceOptions, check
from tests.integration.landing_kit import DAY_ONE, GOLDEN, Drop, completions, rows

SNAPSHOT = SourceOptions("hr", modes={"completions": "snapshot", "employees": "snapshot"})


def _employees(count: int, emails: int | None = None) -> str:
    lines = [f"{i:04d},Person {i},{f'p{i}@x.org' if emails is None or i < emails else ''}" for i in range(count)]
    return "\n".join(["employee_id,full_name,work_email", *lines]) + "\n"


def test_a_file_is_skipped_only_when_it_equals_the_newest_of_its_name(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    sequence = []
    for content in (_employees(3), _employees(3), _employees(4), _employees(3)):
        drop.put("employees.csv", content)
        sequence.append([batch.batch_seq for batch in drop.land() if isinstance(batch, Batch)])
    assert sequence == [[1], [], [2], [3]]
    drop.put("employees_copy.csv", _employees(3))
    assert [batch.file_name for batch in drop.land()] == ["employees_copy.csv"]


def test_a_changed_source_setting_does_not_land_known_files_again(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.batch("employees.csv", _employees(3))
    drop.options = SourceOptions("hr", id_prefix="X")
    assert drop.land() == []


def test_sequence_is_the_warehouses_not_the_feeds(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.put("completions.csv", completions())
    drop.put("employees.csv", _employees(2))
    assert [(batch.feed, getattr(batch, "batch_seq", None)) for batch in drop.land()] == [
        ("completions", 1),
        ("employees", 2),
    ]


def test_a_snapshot_cut_in_one_step_is_refused(tmp_path: Path) -> None:
    drop = Drop(tmp_path, SNAPSHOT)
    drop.batch("employees.csv", _employees(100))
    refusal = drop.refusal("employees.csv", _employees(69), day=1)
    assert refusal.fault.kind == "shrunk"
    assert "69 rows, under 70% of the 100 of the last one accepted (employees.csv, batch 1)" in refusal.reason
    assert drop.batch("employees.csv", _employees(70), day=1).row_count == 70


def test_a_snapshot_cut_by_ten_percent_a_night_is_refused(tmp_path: Path) -> None:
    drop = Drop(tmp_path, SNAPSHOT)
    for night, count in enumerate((100, 90, 81, 73)):
        drop.batch("employees.csv", _employees(count), day=night)
    refusal = drop.refusal("employees.csv", _employees(66), day=4)
    assert "66 rows, under 70% of the 100 of the largest in 30 days" in refusal.reason
    # after thirty days the largest is another
    assert drop.batch("employees.csv", _employees(65), day=31).row_count == 65


def test_deltas_may_be_of_any_size(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.batch("employees.csv", _employees(100))
    assert drop.batch("employees.csv", _employees(3)).row_count == 3


def test_an_accepted_shrinking_is_the_new_measure(tmp_path: Path) -> None:
    drop = Drop(tmp_path, SNAPSHOT)
    drop.batch("employees.csv", _employees(100))
    refusal = drop.refusal("employees.csv", _employees(50), day=1)
    landing = Landing(drop.data)
    batch = landing.accept([SNAPSHOT], refusal.refused_id, now=DAY_ONE)
    assert (batch.batch_seq, batch.row_count, batch.accepted_refusal) == (2, 50, refusal.refused_id)
    assert landing.catalog.refused() == []
    with pytest.raises(LandingError, match="accepted already"):
        landing.accept([SNAPSHOT], refusal.refused_id)
    landing.close()
    assert drop.land(day=2) == []
    assert drop.batch("employees.csv", _employees(49), day=2).row_count == 49
    assert isinstance(drop.refusal("employees.csv", _employees(30), day=3), Refusal)


def test_a_refused_file_stands_until_it_is_mended_and_is_not_refused_again(tmp_path: Path) -> None:
    drop = Drop(tmp_path, SNAPSHOT)
    drop.batch("completions.csv", completions())
    refusal = drop.refusal("completions.csv", "employee_id\n1\n")
    assert drop.land() == []
    assert [item.refused_id for item in Catalog(drop.data).refused()] == [refusal.refused_id]
    worse = drop.refusal("completions.csv", "employee\n1\n")
    assert [item.refused_id for item in Catalog(drop.data).refused()] == [worse.refused_id]
    drop.batch("completions_b.csv", completions())
    assert Catalog(drop.data).refused() == []


def test_in_a_delta_feed_another_file_does_not_mend_a_refused_one(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.put("completions_1.csv", "employee_id\n1\n")
    drop.put("completions_2.csv", completions())
    refusal, _ = drop.land()
    assert isinstance(refusal, Refusal)
    assert [item.refused_id for item in Catalog(drop.data).refused()] == [refusal.refused_id]
    drop.batch("completions_1.csv", completions(good=3))
    assert Catalog(drop.data).refused() == []


def test_acknowledging_is_noted_and_lasts(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    refusal = drop.refusal("completions.csv", "employee_id\n1\n")
    landing = Landing(drop.data)
    landing.acknowledge(refusal.refused_id, now=DAY_ONE)
    assert [item.acknowledged_at for item in Catalog(drop.data).refused()] == [DAY_ONE]
    assert drop.land() == []
    with pytest.raises(LandingError, match="no refused file has the id 'r9'; there are r00001"):
        landing.acknowledge("r9")


def test_what_cannot_be_read_cannot_be_accepted_but_new_settings_can_mend_it(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    refusal = drop.refusal("employees.csv", "emp,full_name\n1,Ann\n")
    landing = Landing(drop.data)
    with pytest.raises(Refused, match="employee_id is missing"):
        landing.accept([drop.options], refusal.refused_id)
    with pytest.raises(LandingError, match="no longer configured"):
        landing.accept([SourceOptions("other")], refusal.refused_id)
    landing.close()
    assert drop.land() == []
    drop.options = SourceOptions("hr", columns={"employees": {"emp": "employee_id"}})
    (batch,) = drop.land()
    assert isinstance(batch, Batch)
    assert Catalog(drop.data).refused() == []


@pytest.mark.parametrize(("emails", "is_refused"), [(80, False), (79, True), (0, True)])
def test_a_column_that_goes_blank_refuses_the_file(tmp_path: Path, emails: int, is_refused: bool) -> None:
    drop = Drop(tmp_path)
    drop.batch("employees.csv", _employees(100))
    drop.put("employees.csv", _employees(100, emails))
    (outcome,) = drop.land()
    assert isinstance(outcome, Refusal) == is_refused
    if isinstance(outcome, Refusal):
        assert (outcome.fault.kind, outcome.fault.column) == ("fill_rate", "work_email")
        assert (
            f"filled in {emails}% of 100 rows, in 100% of the batch before (employees.csv, batch 1)" in outcome.reason
        )


def test_a_column_that_is_gone_counts_as_blank(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.batch("employees.csv", _employees(100))
    fewer = "employee_id,full_name\n00001,a\n00002,b\n00003,c\n" * 10
    assert drop.refusal("employees.csv", fewer).fault.column == "work_email"


def test_small_deliveries_that_repeat_records_may_lose_a_value_and_not_all(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.batch("employees.csv", _employees(16))
    assert drop.refusal("employees.csv", _employees(16, 11)).fault.kind == "fill_rate"
    drop.batch("employees.csv", _employees(16, 12))  # 25 points, but four people
    assert drop.refusal("employees.csv", _employees(16, 0)).fault.kind == "fill_rate"


def test_one_of_three_job_codes_may_be_outside_the_ladder(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.batch("job_tiers.csv", "job_code,effective_on,tier\nA,,T1\nB,,T2\nC,,T2\n")
    drop.batch("job_tiers.csv", "job_code,effective_on,tier\nA,,T1\nB,,T2\nC,,\n")
    blank = drop.refusal("job_tiers.csv", "job_code,effective_on,tier\nA,,\nB,,\nC,,\n")
    assert (blank.fault.kind, blank.fault.column) == ("fill_rate", "tier")


def test_rows_that_somebody_did_without_are_not_asked_about_again(tmp_path: Path) -> None:
    """Two of twelve rows have no id. Whoever accepts the list so gets the next night's too; not where more are lost."""
    drop = Drop(tmp_path)
    list_of_first_night = _employees(10) + ",Nobody,\n,Nobody else,\n"
    refused = drop.refusal("employees.csv", list_of_first_night)
    assert refused.fault.kind == "quarantine_share"
    landing = Landing(drop.data)
    landing.accept([drop.options], refused.refused_id)
    landing.close()
    taken = drop.batch("employees.csv", list_of_first_night + "77777,New,new@example.org\n")
    assert (taken.row_count, taken.quarantined_count) == (11, 2)
    assert drop.refusal("employees.csv", list_of_first_night + ",A third,\n").fault.kind == "quarantine_share"


def test_a_repeat_of_a_part_and_of_more_loses_nothing(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    whole = _employees(6, 2)
    header, *records = whole.splitlines(keepends=True)
    drop.batch("employees_1.csv", header + "".join(records[3:]))
    drop.batch("employees_2.csv", header + "".join(records[:3]))
    assert isinstance(drop.batch("employees_3.csv", whole), Batch)  # filled in 2 of 6, and in 2 of 3 before
    assert drop.refusal("employees_4.csv", _employees(6, 0)).fault.column == "work_email"


def test_a_few_new_records_may_differ_by_chance(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.batch("employees.csv", _employees(4))
    new = _employees(8, 2).replace("\n000", "\n9")
    assert isinstance(drop.batch("employees.csv", new), Batch)


def test_new_records_without_a_column_that_was_always_filled_are_refused(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.batch("employees.csv", _employees(10))
    new = "employee_id,full_name\n" + "".join(f"9{i},New\n" for i in range(3))
    assert drop.refusal("employees_2.csv", new).fault.column == "work_email"
    blank = new.replace("name\n", "name,work_email\n").replace("New\n", "New,\n")
    assert isinstance(drop.batch("employees_2.csv", blank), Batch)


def test_many_new_records_with_a_column_blank_throughout_are_refused(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.batch("employees.csv", _employees(100))
    assert isinstance(drop.batch("employees_2.csv", _employees(99, 0).replace("\n0", "\n1")), Batch)
    drop.batch("employees_3.csv", _employees(100).replace("\n0", "\n2"))
    assert drop.refusal("employees_4.csv", _employees(100, 0).replace("\n0", "\n3")).fault.kind == "fill_rate"
    few = _employees(100, 1).replace("\n0", "\n3")
    assert isinstance(drop.batch("employees_4.csv", few), Batch)


def test_json_without_a_key_is_not_a_column_less(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.batch("employees.csv", _employees(10))
    new = '{"employee_id": "91", "full_name": "New"}\n'
    assert isinstance(drop.batch("employees.ndjson", new), Batch)


@pytest.mark.parametrize("order", ["as it is", "by date", "by event"])
@pytest.mark.parametrize("size", [25, 60])
def test_golden_feeds_cut_into_small_deltas_are_all_taken(tmp_path: Path, size: int, order: str) -> None:
    drop = Drop(tmp_path)
    for feed in ("job_history", "credentials", "assignments"):
        header, *records = (GOLDEN / f"{feed}.csv").read_text().splitlines()
        if order != "as it is":
            columns = header.split(",")
            of_date = {"job_history": "effective_on", "credentials": "issued_on", "assignments": "assigned_on"}[feed]
            by = columns.index("event" if order == "by event" and feed == "job_history" else of_date)
            records.sort(key=lambda record, by=by: record.split(",")[by])
        for part, first in enumerate(range(0, len(records), size)):
            drop.put(f"{feed}_{part}.csv", "\n".join([header, *records[first : first + size]]))
    assert [outcome.reason for outcome in drop.land() if isinstance(outcome, Refusal)] == []


def test_limits_are_settings(tmp_path: Path) -> None:
    lax = Limits(quarantine_share=0.5, snapshot_share=0.1, fill_rate_points=1.0)
    drop = Drop(tmp_path, SourceOptions("hr", modes={"employees": "snapshot"}, limits=lax))
    drop.batch("employees.csv", _employees(100))
    assert drop.batch("employees.csv", _employees(20, 0) + ",no id,\n" * 9).quarantined_count == 9


def test_the_index_is_only_a_cache(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    for count in (1, 2, 3):
        drop.batch("employees.csv", _employees(count))
    index = drop.data / "landing" / "index.jsonl"
    expected = Catalog(drop.data).batches()
    assert [batch.row_count for batch in expected] == [1, 2, 3]
    whole = index.read_text()
    for damage in (
        "",
        whole[:-40],
        whole.splitlines()[0] + "\n",
        whole + "x",
        whole.replace("row_count", "rows"),
        whole * 2,
    ):
        index.write_text(damage)
        assert Catalog(drop.data).batches() == expected
        assert sorted(Catalog(drop.data).batches(known_at_seq=2), key=lambda b: b.batch_seq) == expected[:2]
    index.unlink()
    assert Catalog(drop.data).batches() == expected
    assert index.read_text() == whole
    expected[1].folder.rename(tmp_path / "taken away")
    assert Catalog(drop.data).batches() == [expected[0], expected[2]]


def test_what_a_killed_run_left_is_cleared_and_never_seen(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.batch("employees.csv", _employees(1))
    left = drop.data / "landing" / ".incoming" / "batch" / "raw"
    left.mkdir(parents=True)
    (left / "half").write_bytes(b"x")
    assert len(Catalog(drop.data).batches()) == 1
    assert drop.batch("employees.csv", _employees(2)).batch_seq == 2
    assert not left.exists() or not list(left.iterdir())


def test_a_manifest_says_all_that_is_known(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    header = "completion_id,employee_id,course_id,completed_on,score,colour\n"
    good = "".join(f"k{i},{i},CR-A,2024-01-01,80,\n" for i in range(40))
    text = f"{header}{good}x,1,CR-A,never,,\ny,1,CR-A,2024-01-01,high,red\n"
    batch = drop.batch("completions.csv", text)
    manifest = batch.manifest()
    assert manifest["files"][0] | {"sha256": 0} == {
        "name": "completions.csv", "stored_as": "0001_completions.csv", "format": "csv", "is_gzipped": False,
        "is_encrypted": False, "dated": None, "sha256": 0, "bytes": len(text), "rows": 42,
    }  # fmt: skip
    assert manifest["landed_at"] == "2025-06-01T05:00:00+00:00"
    assert batch.landed_at == datetime(2025, 6, 1, 5, tzinfo=UTC)
    assert batch.unknown_columns == ("colour",)
    assert [(p.kind, p.column, p.count) for p in batch.problems] == [
        ("quarantined", "completed_on", 1),
        ("repaired", "score", 1),
    ]
    assert batch.fill_rates["score"] == pytest.approx(40 / 41)
    assert (batch.folder / "raw" / "0001_completions.csv").read_text() == text
    assert json.loads((batch.folder / "manifest.json").read_text()) == manifest


def test_a_check_changes_nothing_and_names_orphans(tmp_path: Path) -> None:
    drop = Drop(tmp_path, SNAPSHOT)
    drop.batch("employees.csv", _employees(40))
    before = {path: path.stat().st_mtime_ns for path in drop.data.rglob("*")}
    drop.put("employees.csv", _employees(2))
    drop.put("completions.csv", completions(["x,77,CR-A,2024-01-01,,,"]).replace(",000", ",00"))
    drop.put("notes.txt", "x")
    report = check(drop.data, SNAPSHOT, drop.folder)
    assert [type(outcome).__name__ for outcome in report.outcomes] == ["Batch", "Refusal"]
    assert [(o.feed, o.column, o.count, o.examples[-1:]) for o in report.orphans] == [
        ("completions", "employee_id", 1, ("77",))
    ]
    assert [item.name for item in report.unmatched] == ["notes.txt"]
    assert {path: path.stat().st_mtime_ns for path in drop.data.rglob("*")} == before


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop = Drop(tmp_path)
    drop.put("employees.csv", _employees(1))
    opened = Path.open

    def forbidden(path: Path, *args: str, **kwargs: str) -> object:
        if path.parent == drop.folder.resolve():
            raise PermissionError(13, os.strerror(13))
        return opened(path, *args, **kwargs)  # pyright: ignore

    monkeypatch.setattr(Path, "open", forbidden)
    (refusal,) = drop.land()
    assert isinstance(refusal, Refusal)
    assert "it can't be read (Permission denied)" in refusal.reason


def test_large_files_keep_their_order(tmp_path: Path) -> None:
    header = "employee_id,effective_on,sequence,event,employment_class,reason\n"
    many = 300_000
    drop = Drop(tmp_path)
    drop.put(
        "job_history.csv",
        header + "".join(f"{i},2024-01-01,0,hire,full time,{'why' * 20}\n" for i in range(many)) + "z,never,0,hire,,\n",
    )
    (batch,) = drop.land()
    assert isinstance(batch, Batch)
    assert [int(row[0]) for row in rows(batch, "employee_id")] == list(range(many))
    assert rows(batch, "line", "quarantine.parquet") == [(many + 2,)]
