"""Every kind of bad input ends in the stated way: a repaired value, a quarantined row or a refused file."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from pipelines.landing import Limits, Refusal, SourceOptions
from tests.integration.landing_kit import Drop, completions, quarantined, repaired, rows

NO_BOOLEAN = "it is none of true/false, yes/no, y/n, 1/0"
NOT_A_DATE = "it is not a date (yyyy-mm-dd expected)"
MISSING = "a required value is missing"
EXCEL = "it is not a date but looks like an Excel day number"

JOB = "employee_id,effective_on,event,employment_class,fte,hourly_rate,separation_type"
JOBS = "\n".join([JOB, *(f"{i:03d},2024-01-02,hire,full_time,1,20,".replace(",20,", ",20.5,") for i in range(40))])
NO_YEAR = "its year is outside 1930 to 2100 (`plausible_years` in the source's settings)"
COMMA = "it has a comma: before decimals or between thousands? (`decimal` in the source's settings says)"
NOT_EMPTY = "and must not pass for an empty one"
NO_VERDICT = f"{NO_BOOLEAN}, {NOT_EMPTY} (passed)"

BAD_ROWS = [
    # name, record, column, value, reason
    ("31 February", "x,1,CR-A,2024-02-31,,,", "completed_on", "2024-02-31", NOT_A_DATE),
    ("month first", "x,1,CR-A,02/03/2024,,,", "completed_on", "02/03/2024", NOT_A_DATE),
    ("slashes", "x,1,CR-A,2024/02/03,,,", "completed_on", "2024/02/03", NOT_A_DATE),
    ("no leading zeros", "x,1,CR-A,2024-2-3,,,", "completed_on", "2024-2-3", NOT_A_DATE),
    ("a year of long ago", "x,1,CR-A,0202-02-03,,,", "completed_on", "0202-02-03", NO_YEAR),
    ("the year 0", "x,1,CR-A,0000-01-01,,,", "completed_on", "0000-01-01", NO_YEAR),
    ("the year 1", "x,1,CR-A,0001-01-01,,,", "completed_on", "0001-01-01", NO_YEAR),
    ("a year to come", "x,1,CR-A,2204-02-03,,,", "completed_on", "2204-02-03", NO_YEAR),
    ("nearly never", "x,1,CR-A,9999-12-30,,,", "completed_on", "9999-12-30", NO_YEAR),
    ("a half time", "x,1,CR-A,2024-02-03 14,,,", "completed_on", "2024-02-03 14", NOT_A_DATE),
    ("a word for a date", "x,1,CR-A,yesterday,,,", "completed_on", "yesterday", NOT_A_DATE),
    ("infinity", "x,1,CR-A,infinity,,,", "completed_on", "infinity", NOT_A_DATE),
    ("Excel serial", "x,1,CR-A,45000,,,", "completed_on", "45000", EXCEL),
    ("Excel serial with time", "x,1,CR-A,45000.5,,,", "completed_on", "45000.5", EXCEL),
    (
        "sentinel for a required date",
        "x,1,CR-A,1900-01-01,,,",
        "completed_on",
        "1900-01-01",
        "a required date is missing (this one stands for none)",
    ),
    ("no date", "x,1,CR-A,,,,", "completed_on", None, MISSING),
    ("no employee", "x,,CR-A,2024-02-03,,,", "employee_id", None, MISSING),
    ("blank employee", "x,   ,CR-A,2024-02-03,,,", "employee_id", None, MISSING),
    ("passed in words", "x,1,CR-A,2024-02-03,,Failed,", "passed", "Failed", NO_VERDICT),
    ("t for true", "x,1,CR-A,2024-02-03,,t,", "passed", "t", NO_VERDICT),
    ("is_deleted unreadable", "x,1,CR-A,2024-02-03,,,,maybe", "is_deleted", "maybe", NO_BOOLEAN),
]  # fmt: skip


@pytest.mark.parametrize(
    ("record", "column", "value", "reason"), [b[1:] for b in BAD_ROWS], ids=[b[0] for b in BAD_ROWS]
)
def test_bad_row_is_quarantined(tmp_path: Path, record: str, column: str, value: str | None, reason: str) -> None:
    text = completions([record])
    if column == "is_deleted":
        text = text.replace("hours\n", "hours,is_deleted\n").replace(",1.5\n", ",1.5,no\n")
    batch = Drop(tmp_path).batch("completions.csv", text)
    assert quarantined(batch) == [(42, column, value, reason)]
    assert (batch.row_count, batch.quarantined_count, batch.repaired_count) == (40, 1, 0)
    assert {row[0] for row in rows(batch, "batch_seq")} == {batch.batch_seq}


BAD_VALUES = [
    ("score in words", "x,1,CR-A,2024-02-03,ninety,,", "score", "ninety", "it is not a number"),
    ("thousands", 'x,1,CR-A,2024-02-03,"1,234",,', "score", "1,234", COMMA),
    ("currency", "x,1,CR-A,2024-02-03,$5,,", "score", "$5", "it is not a number"),
    ("underscore", "x,1,CR-A,2024-02-03,1_000,,", "score", "1_000", "it is not a number"),
    ("nan", "x,1,CR-A,2024-02-03,NaN,,", "score", "NaN", "it is not a number"),
    ("infinite", "x,1,CR-A,2024-02-03,1e999,,", "score", "1e999", "it is not a number"),
    ("out of range", "x,1,CR-A,2024-02-03,,,-2", "hours", "-2", "it is outside 0 and above"),
    ("SQL in a value", "x,1,CR-A,2024-02-03,'; DROP TABLE x;,,", "score", "'; DROP TABLE x;", "it is not a number"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("record", "column", "value", "reason"), [b[1:] for b in BAD_VALUES], ids=[b[0] for b in BAD_VALUES]
)
def test_bad_value_of_an_optional_column_becomes_null_and_is_listed(
    tmp_path: Path, record: str, column: str, value: str, reason: str
) -> None:
    batch = Drop(tmp_path).batch("completions.csv", completions([record]))
    assert repaired(batch) == [(42, column, value, reason)]
    assert (batch.row_count, batch.quarantined_count, batch.repaired_count) == (41, 0, 1)
    assert rows(batch, f"completion_id, {column}")[-1] == ("x", None)


def test_what_else_is_wrong_with_a_quarantined_row_is_not_listed_as_repaired(tmp_path: Path) -> None:
    batch = Drop(tmp_path).batch("completions.csv", completions(["x,1,CR-A,never,high,,"]))
    assert [column for _, column, _, _ in quarantined(batch)] == ["completed_on"]
    assert (batch.repaired_count, repaired(batch)) == (0, [])


def test_enumerations_fall_back_to_unknown_only_where_the_contract_has_it(tmp_path: Path) -> None:
    batch = Drop(tmp_path).batch(
        "job_history.csv",
        JOBS + "\nx,2024-02-01,job_change,seasonal,3,1,\nx,2024-03-01,TERMINATION,Part-Time,,,fired\n",
    )
    classes = "full_time, part_time, per_diem, temporary, unknown"
    assert repaired(batch) == [
        (42, "employment_class", "seasonal", f"it is none of {classes}"),
        (42, "fte", "3", "it is outside 0 to 2"),
        (43, "separation_type", "fired", "it is none of voluntary, involuntary, other, unknown"),
    ]
    assert rows(batch, "event, employment_class, fte, separation_type")[-2:] == [
        ("job_change", "unknown", None, None),
        ("termination", "part_time", None, "unknown"),
    ]


def test_unreadable_event_and_key_date_quarantine_the_row(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    batch = drop.batch("job_history.csv", JOBS + "\nx,2024-02-01,quit,,,,\n\ny,soon,hire,,,,\n")
    events = "hire, rehire, job_change, leave_start, leave_end, termination"
    assert quarantined(batch) == [
        (42, "event", "quit", f"it is none of {events}"),
        (44, "effective_on", "soon", NOT_A_DATE),
    ]
    assert sorted(rows(batch, 'employee_id, "date"', "quarantine.parquet"), key=str) == [
        ("x", date(2024, 2, 1)),
        ("y", None),
    ]


def test_an_optional_key_date_that_cannot_be_read_is_not_taken_for_always(tmp_path: Path) -> None:
    good = "".join(f"J{i},,T1\n" for i in range(40))
    batch = Drop(tmp_path).batch("job_tiers.csv", f"job_code,effective_on,tier\n{good}PT1,1.1.2024,T2\n")
    assert quarantined(batch) == [(42, "effective_on", "1.1.2024", f"{NOT_A_DATE}, {NOT_EMPTY} (always)")]


def test_a_required_score_out_of_range_quarantines_the_row(tmp_path: Path) -> None:
    good = "".join(f"{i},2024-01-01,c,4\n" for i in range(40))
    batch = Drop(tmp_path).batch(
        "evaluations.csv", f"employee_id,evaluated_on,competency_id,score\n{good}7,2024-01-01,d,6\n"
    )
    assert quarantined(batch) == [(42, "score", "6", "it is outside 1 to 5")]


BROKEN_RECORDS = [
    ("too few fields", "x,1,CR-A", [(42, "it has fewer fields than the header")]),
    ("too many fields", "x,1,CR-A,2024-02-03,1,true,1,extra", [(42, "it has more fields than the header")]),
    ("trailer", "TRAILER 40 rows", [(42, "it has fewer fields than the header")]),
    ("text after a quote", 'x,"1"2,CR-A,2024-02-03,,,', [(42, "a quote is not closed, or goes on after its end")]),
    ("quote left open", 'x,"1,CR-A,2024-02-03,,,', [(42, "a quote is opened and never closed")]),
]


@pytest.mark.parametrize(("record", "expected"), [b[1:] for b in BROKEN_RECORDS], ids=[b[0] for b in BROKEN_RECORDS])
def test_broken_record_is_quarantined(tmp_path: Path, record: str, expected: list[tuple[int, str]]) -> None:
    batch = Drop(tmp_path).batch("completions.csv", completions([record]))
    assert [(line, reason) for line, _, _, reason in quarantined(batch)] == expected
    assert (batch.row_count, batch.quarantined_count) == (40, 1)


def test_a_trailer_with_all_its_fields_is_quarantined(tmp_path: Path) -> None:
    batch = Drop(tmp_path).batch("completions.csv", completions(["Total,,,,40,,"]))
    assert [column for _, column, _, _ in quarantined(batch)] == [
        "completion_id",
        "employee_id",
        "course_id",
        "completed_on",
    ]
    assert batch.quarantined_count == 1


def test_an_open_quote_that_swallows_rows_refuses_the_file(tmp_path: Path) -> None:
    text = completions(good=40).replace("k5,00005", 'k5,"00005')
    refusal = Drop(tmp_path).refusal("completions.csv", text)
    assert refusal.fault.kind == "quarantine_share"
    assert refusal.fault.line == 7
    assert "35 of 40 rows" in refusal.reason


def test_an_open_quote_in_a_large_file_hides_nothing_from_readers_that_start_in_its_middle(tmp_path: Path) -> None:
    text = completions(["k,1,CR-A,2024-01-01,80,true,1.5"] * 600_000, good=40).replace("k5,00005", 'k5,"00005')
    refusal = Drop(tmp_path).refusal("completions.csv", text)
    assert (refusal.fault.kind, refusal.fault.line) == ("quarantine_share", 7)
    assert "600,035 of 600,040 rows" in refusal.reason


def test_two_stray_quotes_do_not_hide_the_rows_between_them(tmp_path: Path) -> None:
    text = completions(good=40).replace("k5,00005", 'k5,"00005').replace("k30,00030,CR-A", 'k30,00030,"CR-A"')
    refusal = Drop(tmp_path).refusal("completions.csv", text)
    assert (refusal.fault.kind, refusal.fault.line) == ("quarantine_share", 7)
    assert "26 of 40 rows" in refusal.reason


def test_lines_count_quoted_newlines_and_empty_lines(tmp_path: Path) -> None:
    header = "employee_id,interviewed_on,primary_reason,comments\n"
    good = "".join(f'{i},2024-01-01,pay,"two\nlines, ""quoted"""\n' for i in range(30))
    batch = Drop(tmp_path).batch("exit_interviews.csv", f"{header}{good}\n\n9,never,pay,\n")
    assert quarantined(batch) == [(64, "interviewed_on", "never", NOT_A_DATE)]
    assert rows(batch, "comments")[0] == ('two\nlines, "quoted"',)


def test_a_field_of_ten_megabytes_is_quarantined(tmp_path: Path) -> None:
    batch = Drop(tmp_path).batch("completions.csv", completions([f"x,{'9' * 10_000_000},CR-A,2024-02-03,,,"]))
    assert quarantined(batch) == [(42, None, None, "it is longer than 2,000,000 bytes")]


def test_nul_bytes_in_a_value_quarantine_or_repair(tmp_path: Path) -> None:
    text = completions(["x,1\0,CR-A,2024-02-03,,,"])
    batch = Drop(tmp_path).batch("completions.csv", text)
    assert quarantined(batch) == [(42, "employee_id", "1", "it is not plain text (a NUL character or a nested value)")]


def _sheet(*records: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for record in records:
        book.active.append(record)  # pyright: ignore
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _bomb(gibibytes: int) -> bytes:
    """A small gzip that unpacks to that much: one member of zeros again and again."""
    return gzip.compress(bytes(64 << 20), 9) * (gibibytes * 16)


def _zip_bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(256 << 20))
    return stream.getvalue()


HEADER = b"completion_id,employee_id,course_id,completed_on\n"
ROW = b"k1,1,CR-A,2024-01-01\n"

REFUSED_FILES = [
    # name of the case, file name, bytes or what makes them, kind, line, column, part of the message
    ("empty", "completions.csv", b"", "unreadable", None, None, "it is empty"),
    ("only blanks", "completions.csv", b"\n \n\n", "unreadable", None, None, "it is empty"),
    ("empty gzip", "completions.csv.gz", gzip.compress(b""), "unreadable", None, None, "it is empty"),
    ("empty NDJSON", "completions.ndjson", b"", "unreadable", None, None, "it is empty"),
    ("required column missing", "completions.csv", b"completion_id,employee_id,course_id\nk,1,c\n", "columns", 1,
     "completed_on", "the required column completed_on is missing; it has completion_id, employee_id, course_id"),
    ("duplicate header", "completions.csv", b"employee_id,Employee ID,course_id,completed_on\n1,2,c,2024-01-01\n",
     "columns", 1, "employee_id", "two columns are employee_id: 'employee_id' and 'Employee ID'"),
    ("no header", "completions.csv", ROW * 3, "columns", 1, "employee_id", "the required columns employee_id"),
    ("title above the header", "completions.csv", b"Report of today\n" * 20 + HEADER + ROW, "columns", 1, "employee_id",
     "it has Report of today"),
    ("binary", "completions.csv", bytes(range(256)) * 20, "unreadable", 1, None, "it is binary"),
    ("UTF-16 without BOM", "completions.csv", (HEADER + ROW).decode().encode("utf-16-le"), "unreadable", 1, None,
     "UTF-16 without a byte order mark"),
    ("not Windows-1252 either", "completions.csv", HEADER + ROW + b"k2,\x81\xff,c,2024-01-01\n", "unreadable", 3,
     None, "byte 0x81 is neither UTF-8 nor Windows-1252"),
    ("half a UTF-16 character", "completions.csv", b"\xff\xfe" + HEADER.decode().encode("utf-16-le") + b"k",
     "unreadable", 2, None, "not UTF-16"),
    ("gzip that is none", "completions.csv.gz", HEADER + ROW, "unreadable", None, None, "its gzip is damaged"),
    ("gzip cut short", "completions.csv.gz", gzip.compress(HEADER + ROW * 999)[:-9], "unreadable", None, None,
     "its gzip is damaged or cut short"),
    ("gzip with a wrong sum", "completions.csv.gz", gzip.compress(HEADER)[:-8] + b"12345678", "unreadable", None, None,
     "its gzip is damaged"),
    ("gzip of gigabytes", "completions.csv.gz", lambda: _bomb(2), "unreadable", None, None, "100 times its size"),
    ("gzip not called so", "completions.csv", gzip.compress(HEADER + ROW), "unreadable", None, None, "it is gzip"),
    ("workbook called CSV", "completions.csv", _sheet(["a"]), "unreadable", None, None, "an Excel workbook"),
    ("login page", "completions.csv", b"<!DOCTYPE html><html>Sign in</html>", "unreadable", None, None, "a web page"),
    ("PDF", "completions.csv", b"%PDF-1.7 ...", "unreadable", None, None, "it is a PDF"),
    ("xlsx that is none", "completions.xlsx", HEADER + ROW, "unreadable", None, None, "it is no Excel workbook"),
    ("zip that is none", "completions.xlsx", lambda: _zip_bomb()[:200], "unreadable", None, None, "no Excel workbook"),
    ("xlsx bomb", "completions.xlsx", _zip_bomb, "unreadable", None, None, "as a zip bomb does"),
    ("empty sheet", "completions.xlsx", _sheet(), "unreadable", None, None, "its sheet 'Sheet' is empty"),
    ("Parquet that is none", "completions.parquet", HEADER + ROW, "unreadable", None, None, "can't be read as parquet"),
    ("Parquet cut short", "completions.parquet", b"PAR1" + bytes(40), "unreadable", None, None, "as parquet"),
    ("JSON object", "completions.json", b'{"employee_id": "1"}', "unreadable", 1, None, "it holds one object"),
    ("JSON cut short", "completions.json", b'[{"employee_id": "1"},\n\n {"emp', "unreadable", 3, None,
     "it is not valid JSON (Unterminated string starting at, character 3)"),
    ("JSON with a mistake", "completions.json", b'[{"employee_id": }]', "unreadable", 1, None, "it is not valid JSON"),
    ("JSON twice", "completions.json", b'[{"employee_id": 1}]\n[{"employee_id": 2}]', "unreadable", 2, None,
     "it is not valid JSON (Extra data"),
    ("JSON without end", "completions.json", b"[" * 200_000, "unreadable", None, None, "nested too deeply"),
    ("JSON text", "completions.json", b'"hello"', "unreadable", 1, None, "it holds no array"),
    ("array called NDJSON", "completions.ndjson", b'[{"employee_id": "1"}]', "unreadable", 1, None, "holds an array"),
    ("NDJSON without objects", "completions.ndjson", b"1\n2\n", "unreadable", 1, None, "no record in it is a JSON"),
    ("more than 5 %", "completions.csv", completions(["x,1,c,never,,,"] * 3, good=40).encode(), "quarantine_share",
     42, "completed_on", "3 of 43 rows (7.0%) can't be used, more than 5%"),
    ("one bad of ten", "completions.csv", completions(["x,1,c,never,,,"], good=9).encode(), "quarantine_share", 11,
     "completed_on", "1 of 10 rows (10.0%)"),
    ("header of a megabyte", "completions.csv", b"a" * (2 << 20), "unreadable", 1, None, "longer than a header can be"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "kind", "line", "column", "message"),
    [case[1:] for case in REFUSED_FILES],
    ids=[case[0] for case in REFUSED_FILES],
)
def test_bad_file_is_refused(
    tmp_path: Path,
    name: str,
    content: bytes | Callable[[], bytes],
    kind: str,
    line: int | None,
    column: str | None,
    message: str,
) -> None:
    drop = Drop(tmp_path)
    content = content() if callable(content) else content
    refusal = drop.refusal(name, content)
    assert (refusal.fault.kind, refusal.fault.line, refusal.fault.column) == (kind, line, column)
    assert refusal.reason.startswith(name)
    assert message in refusal.reason
    assert refusal.fault.cure
    kept = [path.read_bytes() for path in (refusal.folder / "raw").iterdir()]
    assert kept == [content]
    assert not list((drop.data / "landing").rglob("rows.parquet"))


def test_exactly_five_percent_is_not_more_than_five_percent(tmp_path: Path) -> None:
    batch = Drop(tmp_path).batch("completions.csv", completions(["x,1,c,never,,,"] * 2, good=38))
    assert (batch.row_count, batch.quarantined_count) == (38, 2)


def test_header_only_is_a_delivery_of_nothing(tmp_path: Path) -> None:
    batch = Drop(tmp_path).batch("completions.csv", HEADER)
    assert batch.row_count == 0
    assert rows(batch) == []


def test_an_empty_json_array_is_a_delivery_of_nothing(tmp_path: Path) -> None:
    assert Drop(tmp_path).batch("completions.json", "[]").row_count == 0


def test_limits_on_unpacking_are_settings(tmp_path: Path) -> None:
    options = SourceOptions("hr", limits=Limits(unpacked_bytes=1000))
    content = gzip.compress(completions(good=100).encode())
    refusal = Drop(tmp_path, options).refusal("completions.csv.gz", content)
    assert "unpacks to more than 1,000 bytes" in refusal.reason


def test_broken_json_lines_are_quarantined_with_their_line(tmp_path: Path) -> None:
    good = [json.dumps({"employee_id": f"{i:03d}", "course_id": "c", "completed_on": "2024-01-01"}) for i in range(90)]
    good[9:9] = ["", '{"employee_id": "x", "course', "[1, 2]", "   "]
    good.append('{"employee_id": {"id": 7}, "course_id": "c", "completed_on": "2024-01-01"}')
    batch = Drop(tmp_path).batch("completions.ndjson", "\n".join(good))
    assert quarantined(batch) == [
        (11, None, None, "it is not valid JSON"),
        (12, None, None, "it is not a JSON object"),
        (95, "employee_id", '{"id":7}', "it is not plain text (a NUL character or a nested value)"),
    ]
    assert batch.row_count == 90


def test_elements_of_a_json_array_are_told_by_their_line(tmp_path: Path) -> None:
    records: list[object] = [
        {"employee_id": i, "course_id": 'a "b\\', "completed_on": "2024-01-01", "note": "[{,"} for i in range(60)
    ]
    records[30] = {"employee_id": 30, "course_id": "c", "completed_on": "2024-13-01"}
    records[40] = 5
    batch = Drop(tmp_path).batch("completions.json", json.dumps(records, indent=2))
    assert quarantined(batch) == [
        (2 + 30 * 6 + 0, "completed_on", "2024-13-01", NOT_A_DATE),
        (2 + 40 * 6 - 1, None, None, "it is not a JSON object"),
    ]
    assert batch.unknown_columns == ("note",)


def test_rows_of_a_sheet_are_told_by_their_number(tmp_path: Path) -> None:
    records: list[list[object]] = [[], ["employee_id", "course_id", "completed_on"], [None, None, None]]
    records += [[f"{i:03d}", "c", "2024-01-01"] for i in range(30)]
    records += [["031", "c", 45000]]
    batch = Drop(tmp_path).batch("completions.xlsx", _sheet(*records))
    assert quarantined(batch) == [(34, "completed_on", "45000", EXCEL)]


def test_a_folder_with_one_bad_part_is_refused_whole(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    drop.put("completions/monday/1.csv", completions())
    drop.put("completions/monday/2.csv", "employee_id\n1\n")
    (outcome,) = drop.land()
    assert isinstance(outcome, Refusal)
    assert outcome.fault.file == "completions/monday/2.csv"
    assert drop.land() == []


def test_a_data_folder_of_any_name(tmp_path: Path) -> None:
    root = tmp_path / "it's [a] *?{b} folder"
    root.mkdir()
    decoy = tmp_path / "it's a bb{b} folder/data/landing/.incoming/batch/raw/0001_completions.csv"
    decoy.parent.mkdir(parents=True)
    decoy.write_text(completions(good=3))  # what the wildcards would find
    batch = Drop(root).batch("completions.csv", completions(["x,1,c,never,,,"]))
    assert (batch.row_count, quarantined(batch)) == (40, [(42, "completed_on", "never", NOT_A_DATE)])


def test_sql_in_names_and_values_stays_text(tmp_path: Path) -> None:
    drop = Drop(tmp_path)
    evil = "completions_'); COPY x TO 'y'; --*?[a].csv"
    header = 'employee_id,course_id,completed_on,"\'; DROP TABLE t; --",c0\n'
    batch = drop.batch(evil, header + '"\'; SELECT 1; --",*,2024-01-01,x,y\n')
    assert rows(batch, "employee_id, course_id") == [("'; SELECT 1; --", "*")]
    assert batch.unknown_columns == ("'; DROP TABLE t; --", "c0")
    assert batch.file_name == evil
