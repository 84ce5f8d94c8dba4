"""The same records in any format, encoding and shape land as the same rows."""

import gzip
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow.csv
import pyarrow.parquet
import pytest

from pipelines.feeds import FEEDS, Kind
from pipelines.landing import Batch, Landing, SourceOptions
from tests.integration.landing_kit import DAY_ONE, GOLDEN, Drop, completions, repaired, rows

FEEDS_OF_GOLDEN = sorted(path.stem for path in GOLDEN.glob("*.csv"))


def _records(text: str) -> list[dict[str, str | None]]:
    table = pyarrow.csv.read_csv(
        io.BytesIO(text.encode()),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(text.partition("\n")[0].split(","), pyarrow.string()), strings_can_be_null=True
        ),
    )
    return table.to_pylist()


def _typed(feed: str, record: dict[str, str | None]) -> dict[str, Any]:
    """A record as a system with types would export it."""
    made: dict[str, Any] = {}
    for name, value in record.items():
        kind = FEEDS[feed].column(name).kind
        if value is None:
            made[name] = None
        elif kind is Kind.DATE:
            made[name] = date.fromisoformat(value)
        elif kind is Kind.BOOLEAN:
            made[name] = value.lower() == "true"
        elif kind in (Kind.NUMBER, Kind.MONEY, Kind.INTEGER):
            made[name] = float(value) if "." in value else int(value)
        else:
            made[name] = value
    return made


def _xlsx(feed: str, text: str) -> bytes:
    records = _records(text)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(records[0]))
    for record in records:
        sheet.append(list(_typed(feed, record).values()))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _parquet(feed: str, text: str) -> bytes:
    table = pyarrow.Table.from_pylist([_typed(feed, record) for record in _records(text)])
    stream = io.BytesIO()
    pyarrow.parquet.write_table(table, stream)
    return stream.getvalue()


def _json_dates(feed: str, text: str) -> list[str]:
    return [json.dumps(_typed(feed, record), default=str) for record in _records(text)]


WRITERS: dict[str, tuple[str, Callable[[str, str], bytes]]] = {
    "gz": ("csv.gz", lambda _, text: gzip.compress(text.encode())),
    "crlf": ("csv", lambda _, text: text.replace("\n", "\r\n").encode()),
    "no final newline": ("csv", lambda _, text: text.rstrip("\n").encode()),
    "semicolons": ("csv", lambda _, text: text.replace(",", ";").encode()),
    "bars": ("csv", lambda _, text: text.replace(",", "|").encode()),
    "tabs": ("tsv", lambda _, text: text.replace(",", "\t").encode()),
    "utf-8 bom": ("csv", lambda _, text: text.encode("utf-8-sig")),
    "utf-16": ("csv", lambda _, text: text.encode("utf-16")),
    "utf-16 big-endian": ("csv", lambda _, text: b"\xfe\xff" + text.encode("utf-16-be")),
    "old mac": ("csv", lambda _, text: text.replace("\n", "\r").encode()),
    "mixed line ends": ("csv", lambda _, text: text.replace("\n", "\r\n", 3).encode()),
    "all quoted": (
        "csv",
        lambda _, text: "".join(
            ",".join(f'"{f}"' if f else "" for f in line.split(",")) + "\n" for line in text.splitlines()
        ).encode(),
    ),
    "blanks around": ("csv", lambda _, text: text.replace(",", " , ").encode()),
    "other header": (
        "csv",
        lambda _, text: (text.partition("\n")[0].upper().replace("_", " ") + "\n" + text.partition("\n")[2]).encode(),
    ),
    "blank lines": ("csv", lambda _, text: ("\n\n" + text.replace("\n", "\n\n")).encode()),
    "ndjson": ("ndjson", lambda feed, text: "\n".join(_json_dates(feed, text)).encode()),
    "ndjson gz": ("jsonl.gz", lambda feed, text: gzip.compress("\n".join(_json_dates(feed, text)).encode())),
    "json": ("json", lambda feed, text: ("[" + ",\n".join(_json_dates(feed, text)) + "]").encode()),
    "json of texts": ("json", lambda _, text: json.dumps(_records(text), indent=1).encode()),
    "json utf-16": ("json", lambda _, text: json.dumps(_records(text)).encode("utf-16")),
    "parquet": ("parquet", _parquet),
    "xlsx": ("xlsx", _xlsx),
}


def _content(batch: Batch) -> list[tuple[Any, ...]]:
    return rows(batch, "* EXCLUDE (batch_seq)")


def test_golden_feeds_land_whole_and_clean(tmp_path: Path) -> None:
    landing = Landing(tmp_path / "data")
    plan = landing.plan(SourceOptions("hr"), GOLDEN)
    batches = [landing.land(SourceOptions("hr"), delivery, now=DAY_ONE) for delivery in plan.deliveries]
    landing.close()
    assert [batch.feed for batch in batches] == FEEDS_OF_GOLDEN
    assert [batch.batch_seq for batch in batches if isinstance(batch, Batch)] == list(range(1, len(batches) + 1))
    for batch in batches:
        assert isinstance(batch, Batch)
        lines = (GOLDEN / f"{batch.feed}.csv").read_text().splitlines()
        assert batch.row_count == len(lines) - 1
        assert (batch.quarantined_count, batch.repaired_count, batch.conflict_count) == (0, 0, 0)
        assert batch.unknown_columns == ()
        described = duckdb.read_parquet(str(batch.folder / "rows.parquet"))
        feed = FEEDS[batch.feed]
        assert described.columns == [*(c.landed_as for c in feed.columns), "is_deleted", "source", "batch_seq"]
        assert [str(t) for t in described.types[:-3]] == [c.kind.duckdb_type for c in feed.columns]


@pytest.fixture(scope="module")
def golden_rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    """What the golden feeds land as, from their plain files."""
    landing = Landing(tmp_path_factory.mktemp("golden"))
    batches = [landing.land(SourceOptions("hr"), d) for d in landing.plan(SourceOptions("hr"), GOLDEN).deliveries]
    landing.close()
    return {batch.feed: _content(batch) for batch in batches if isinstance(batch, Batch)}


@pytest.mark.parametrize("form", WRITERS)
def test_forms_of_the_golden_feeds_give_the_same_rows(
    tmp_path: Path, form: str, golden_rows: dict[str, list[tuple[Any, ...]]]
) -> None:
    ending, write = WRITERS[form]
    drop = Drop(tmp_path)
    for feed in FEEDS_OF_GOLDEN if form in ("parquet", "xlsx", "ndjson") else ("job_history", "exam_attempts", "tiers"):
        drop.put(f"{feed}.{ending}", write(feed, (GOLDEN / f"{feed}.csv").read_text()))
    for batch in drop.land():
        assert isinstance(batch, Batch), batch.reason
        assert _content(batch) == golden_rows[batch.feed]
        assert repaired(batch) == []


def _folder(tmp_path: Path, name: str) -> Path:
    folder = tmp_path / name
    folder.mkdir()
    return folder


def test_windows_1252_is_read_where_bytes_are_no_utf8(tmp_path: Path) -> None:
    text = "employee_id,full_name\n1,Zoë Müller “Ann”\n"
    assert rows(Drop(tmp_path).batch("employees.csv", text.encode("cp1252")), "full_name") == [("Zoë Müller “Ann”",)]


def test_ids_stay_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for record in (["employee_id", "full_name"], ["00012", "a"], [12.0, "b"], [12, "c"]):
        sheet.append(record)
    stream = io.BytesIO()
    book.save(stream)
    drop = Drop(tmp_path)
    assert rows(drop.batch("employees.xlsx", stream.getvalue()), "employee_id") == [("00012",), ("12",), ("12",)]
    text = 'employee_id,full_name\n"  00012\t",a\n\u00a07e5,b\n'
    assert rows(drop.batch("employees.csv", text), "employee_id") == [("00012",), ("7e5",)]


def test_a_key_that_only_late_records_have_counts(tmp_path: Path) -> None:
    records = [{"Employee ID": f"{i}", "course_id": "c", "completed_on": "2024-01-01"} for i in range(5000)]
    records[-1] = records[-1] | {"score": "77", "Course ID": "other"}
    batch = Drop(tmp_path).batch("completions.ndjson", "\n".join(map(json.dumps, records)))
    assert rows(batch, "employee_id, course_id, score")[-1] == ("4999", "c", 77.0)
    assert batch.unknown_columns == ("Course ID",)


def test_floats_and_midnights_of_data_frames(tmp_path: Path) -> None:
    stream = io.BytesIO()
    table = pyarrow.table(
        {
            "employee_id": [1.0, 2.0],
            "course_id": ["c", "c"],
            "completed_on": pyarrow.array([date(2024, 1, 1)] * 2).cast(pyarrow.timestamp("ns")),
            "score": [float("nan"), 80.0],
        }
    )
    pyarrow.parquet.write_table(table, stream)
    batch = Drop(tmp_path).batch("completions.parquet", stream.getvalue())
    assert rows(batch, "employee_id, completed_on, score") == [
        ("1", date(2024, 1, 1), None),
        ("2", date(2024, 1, 1), 80.0),
    ]
    assert batch.repaired_count == 0


def test_natural_keys_fill_absent_ids_and_count_conflicts(tmp_path: Path) -> None:
    header = "employee_id,evaluated_on,competency_id,score,evaluation_id,evaluator_id\n"
    records = "7,2024-01-01,c,3,,\n7,2024-01-01,c,4,,\n7,2024-01-01,c,4,,8\n7,2024-01-01,c,4,e1,\n"
    batch = Drop(tmp_path).batch("evaluations.csv", header + records)
    key = "7\x1f2024-01-01\x1fc\x1f"
    assert rows(batch, "evaluation_id") == [(key,), (key,), (key + "8",), ("e1",)]
    assert batch.conflict_count == 1
    drop = Drop(_folder(tmp_path, "absent"))
    absent = drop.batch("evaluations.csv", "employee_id,evaluated_on,competency_id,score\n7,2024-01-01,c,3\n")
    assert rows(absent, "evaluation_id") == [(key,)]


def test_removals_need_no_more_than_their_key(tmp_path: Path) -> None:
    header = "completion_id,employee_id,course_id,completed_on,is_deleted"
    good = "".join(f"k{i},{i},c,2024-01-01,\n" for i in range(40))
    batch = Drop(tmp_path).batch("completions.csv", f"{header}\n{good}k1,,,,yes\n,7,c,2024-01-01,true\n,7,c,,TRUE\n")
    assert rows(batch, "completion_id, is_deleted")[40:] == [("k1", True), ("7\x1fc\x1f2024-01-01", True)]
    assert batch.quarantined_count == 1
    assert (batch.row_count, batch.live_row_count) == (42, 40)
    assert batch.fill_rates["employee_id"] == 1.0


def test_source_settings_shape_what_lands(tmp_path: Path) -> None:
    options = SourceOptions(
        "acme",
        columns={"job_history": {"Emp No": "employee_id", "Eff. Date": "effective_on", "Action": "event"}},
        values={
            "job_history": {"event": {"Fired": "termination", "New": "hire"}, "separation_type": {"Vol.": "voluntary"}}
        },
        date_formats=("%m/%d/%Y", "%d-%b-%y"),
        id_prefix="A-",
        sentinels=(date(2000, 1, 1),),
        termination_date_is_first_day_off=True,
    )  # fmt: skip
    drop = Drop(tmp_path, options)
    batch = drop.batch(
        "job_history.csv",
        "EMP-NO,eff. date,action,Separation Type,manager_id,Favourite colour\n"
        "1,1/2/2024,NEW,,9,blue\n1,05-MAR-24,fired,vol.,,red\n1,03/04/2024,job change,,,\n",
    )
    assert rows(batch, "employee_id, effective_on, sequence, event, separation_type, manager_id") == [
        ("A-1", date(2024, 1, 2), 0, "hire", None, "A-9"),
        ("A-1", date(2024, 3, 4), 1_000_000, "termination", "voluntary", None),
        ("A-1", date(2024, 3, 4), 0, "job_change", None, None),
    ]
    assert batch.unknown_columns == ("Favourite colour",)
    assert batch.manifest()["columns"]["employee_id"] == "EMP-NO"
    assert (batch.window_from, batch.window_to) == (date(2024, 1, 2), date(2024, 3, 4))


def test_sentinels_mean_null(tmp_path: Path) -> None:
    header = "assignment_id,employee_id,course_id,assigned_on,due_on\n"
    records = "a,1,c,2024-01-01,9999-12-31\nb,1,c,2024-01-01,1900-01-01\n"
    batch = Drop(tmp_path).batch("assignments.csv", header + records)
    assert rows(batch, "due_on") == [(None,), (None,)]
    assert batch.repaired_count == 0


def test_job_rows_without_a_sequence_are_numbered_in_file_order(tmp_path: Path) -> None:
    records = ["1,2024-01-01,hire,", "2,2024-01-01,hire,4", "1,2024-01-01,job_change,", "2,2024-01-01,job_change,"]
    text = "\n".join(["employee_id,effective_on,event,sequence", *records, "1,2024-01-02,termination,"])
    batch = Drop(tmp_path).batch("job_history.csv", text)
    assert rows(batch, "employee_id, sequence") == [("1", 0), ("2", 4), ("1", 1), ("2", 5), ("1", 0)]
    assert batch.conflict_count == 0


def test_a_folder_of_files_and_matching_parts_are_one_batch_each(tmp_path: Path) -> None:
    drop = Drop(tmp_path, SourceOptions("lms", parts={"completions": r"completions_(\d{4})_part\d+\.csv"}))
    for part in (2, 10, 1):
        drop.put(f"completions_2024_part{part}.csv", completions([f"p{part},1,c,2024-01-01,,,"], good=0))
        drop.put(f"completions/monday/{part}.csv", completions([f"f{part},1,c,2024-01-01,,,"], good=0))
    drop.put("completions_2025_part1.csv", completions(good=3))
    batches = drop.land()
    landed = [rows(batch, "completion_id") for batch in batches if isinstance(batch, Batch)]
    assert landed == [
        [("f1",), ("f2",), ("f10",)],
        [("p1",), ("p2",), ("p10",)],
        [("k0",), ("k1",), ("k2",)],
    ]
    assert drop.land() == []


def test_contract_columns_named_source_keep_out_of_the_way(tmp_path: Path) -> None:
    batch = Drop(tmp_path).batch("roi_assumptions.csv", "name,low,central,high,source\nbenefits_load,1,2,3,a study\n")
    assert rows(batch, "stated_source, source") == [("a study", "hr")]
