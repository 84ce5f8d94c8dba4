"""Ids and days of typed files (JSON, Parquet): whole numbers are taken exactly; what is no id or no day is listed."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.connectors.rest.records_sql import written
from pipelines.connectors.rest.stream import Column
from pipelines.landing import Batch, Limits, SourceOptions
from pipelines.settings import Pulled
from tests.integration.landing_kit import Drop, quarantined, rows
from tests.integration.pull_kit import source

CHICAGO = SourceOptions("anyone", timezone="America/Chicago", limits=Limits(quarantine_share=1.0))
NESTED = "it is not plain text (a NUL character or a nested value)"
NO_ID = "it is a number with a fraction, or true or false, and no id: write ids as text"
LOST = "a spreadsheet took the id for a number and its digits are lost: format the column as text"


def landed_json(tmp_path: Path, token: str) -> Batch:
    return Drop(tmp_path, CHICAGO).batch(
        "completions.ndjson", f'{{"employee_id": {token}, "course_id": "C", "completed_on": "2026-01-05"}}\n'
    )


def landed_parquet(tmp_path: Path, **columns: Any) -> Batch:
    file = tmp_path / "given.parquet"
    filled = {
        "employee_id": pa.array(["00001"]),
        "course_id": pa.array(["C"]),
        "completed_on": pa.array(["2026-01-05"]),
        "hours": pa.array([1.5]),
    }
    pq.write_table(pa.table(filled | columns), file)
    return Drop(tmp_path, CHICAGO).batch("completions.parquet", file.read_bytes())


@pytest.mark.parametrize(
    ("token", "taken"),
    [('"00001"', "00001"), ("7", "7"), ("1.0", "1"), ("1e5", "100000"), ("123456789012345678", "123456789012345678")],
)
def test_a_whole_number_of_json_is_an_id(tmp_path: Path, token: str, taken: str) -> None:
    assert rows(landed_json(tmp_path, token), "employee_id") == [(taken,)]


@pytest.mark.parametrize(
    ("token", "value", "reason"),
    [
        ("true", "true", NO_ID),
        ("1.5", "1.5", NO_ID),
        ("1.23e+17", "123000000000000000.0", NO_ID),
        ('"1.23E+17"', "1.23E+17", LOST),
        ("[1]", "[1]", NESTED),
        ('{"id": 1}', '{"id":1}', NESTED),
    ],
)
def test_what_is_no_id_in_json_is_quarantined(tmp_path: Path, token: str, value: str, reason: str) -> None:
    assert quarantined(landed_json(tmp_path, token)) == [(1, "employee_id", value, reason)]


def test_numbers_and_truth_values_of_json_are_what_they_are_elsewhere(tmp_path: Path) -> None:
    line = '{"employee_id": 1, "course_id": 2.0, "completed_on": "2026-01-05", "hours": 1.5, "passed": true}\n'
    batch = Drop(tmp_path, CHICAGO).batch("completions.ndjson", line)
    assert rows(batch, "employee_id, course_id, hours, passed") == [("1", "2", 1.5, True)]


@pytest.mark.parametrize(
    ("ids", "taken"),
    [
        (pa.array([5]), "5"),
        (pa.array([5.0]), "5"),
        (pa.array([Decimal("5.00")]), "5"),
        (pa.array([123456789012345678]), "123456789012345678"),
        (pa.array(["Zoë".encode()]), "Zoë"),
    ],
    ids=["integer", "float", "decimal", "long", "bytes"],
)
def test_a_whole_number_of_parquet_is_an_id(tmp_path: Path, ids: Any, taken: str) -> None:
    assert rows(landed_parquet(tmp_path, employee_id=ids), "employee_id") == [(taken,)]


@pytest.mark.parametrize(
    ("ids", "value", "reason"),
    [
        (pa.array([5.5]), "5.5", NO_ID),
        (pa.array([Decimal("5.50")]), "5.50", NO_ID),
        (pa.array([1.23e17]), "1.23e+17", LOST),
        (pa.array([float("nan")]), None, "a required value is missing"),
        (pa.array([True]), "true", NO_ID),
        (pa.array([{"id": 1}]), "{'id': 1}", NESTED),
        (pa.array([["1"]]), "[1]", NESTED),
        (pa.array([b"\xff"]), "\\xFF", NESTED),
    ],
    ids=["float", "decimal", "exponent", "nan", "boolean", "struct", "list", "bytes"],
)
def test_what_is_no_id_in_parquet_is_quarantined(tmp_path: Path, ids: Any, value: str | None, reason: str) -> None:
    assert quarantined(landed_parquet(tmp_path, employee_id=ids)) == [(1, "employee_id", value, reason)]


def test_nan_in_a_column_of_numbers_is_an_empty_field(tmp_path: Path) -> None:
    batch = landed_parquet(tmp_path, hours=pa.array([float("nan")]))
    assert rows(batch, "hours") == [(None,)]
    assert batch.repaired_count == 0


INSTANT = datetime(2026, 4, 1, 3, 30, tzinfo=UTC)  # 31 March, 22:30, in Chicago


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "America/Chicago", "+05:30"])
def test_a_typed_time_with_a_zone_is_of_the_day_it_was_there(tmp_path: Path, unit: str, zone: str) -> None:
    batch = landed_parquet(tmp_path, completed_on=pa.array([INSTANT], pa.timestamp(unit, zone)))
    assert rows(batch, "completed_on") == [(date(2026, 3, 31),)]


def test_a_typed_time_without_a_zone_is_of_the_day_that_is_written(tmp_path: Path) -> None:
    batch = landed_parquet(tmp_path, completed_on=pa.array([INSTANT.replace(tzinfo=None)], pa.timestamp("us")))
    assert rows(batch, "completed_on") == [(date(2026, 4, 1),)]


@pytest.mark.parametrize("days", [4_000_000, -800_000, 2_147_483_647, -2_147_483_648])
def test_a_typed_date_beyond_reason_is_quarantined(tmp_path: Path, days: int) -> None:
    batch = landed_parquet(tmp_path, completed_on=pa.array([days], pa.int32()).cast(pa.date32()))
    assert [column for _, column, _, _ in quarantined(batch)] == ["completed_on"]


WRITTEN = [
    ("2026-04-01T03:30:00Z", 31), ("2026-04-01 03:30Z", 31), ("2026-04-01T03:30:00.1234567Z", 31),
    ("2026-04-01t03:30:00z", 31), ("2026-04-01 03:30:00 UTC", 31), ("2026-04-01T03:30:00,5Z", 31),
    ("2026-03-31T22:30:00-05:00", 31), ("2026-03-31T22:30:00-0500", 31), ("2026-03-31 22:30:00 -05", 31),
    ("2026-04-01T09:00:00+05:30", 31), ("2026-04-01T12:00:00-05:00", 1), ("2026-04-01T03:30:00", 1),
    ("2026-04-01 23:59", 1), ("2026-04-01Z", 1), ("2026-04-01-05:00", 1), ("2026-04-01", 1),
]  # fmt: skip


def test_every_way_to_write_an_instant_gives_one_day(tmp_path: Path) -> None:
    lines = "".join(f'{i},C,"{text}"\n' for i, (text, _) in enumerate(WRITTEN))
    batch = Drop(tmp_path, CHICAGO).batch("completions.csv", f"employee_id,course_id,completed_on\n{lines}")
    assert batch.quarantined_count == 0, quarantined(batch)
    assert [day.day for (day,) in rows(batch, "completed_on")] == [day for _, day in WRITTEN]


@pytest.mark.parametrize("text", ["2026-04-01T03:30:00+99:00", "2026-04-01 99:00", "2026-04-01 3 PM", "20260401"])
def test_a_time_in_no_such_way_is_not_guessed(tmp_path: Path, text: str) -> None:
    batch = Drop(tmp_path, CHICAGO).batch("completions.csv", f"employee_id,course_id,completed_on\n1,C,{text}\n")
    assert quarantined(batch) == [(2, "completed_on", text, "it is not a date (yyyy-mm-dd expected)")]


def pulled(column: Column, text: str) -> str:
    """What a pull writes for a field of a record, for landing to read."""
    stream = source("https://lms.example.org").streams[0]
    sql = written(column, stream, "America/Chicago")
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        return str(connection.execute(f'select {sql} from (select $1::varchar as "done")', [text]).fetchall()[0][0])


@pytest.mark.parametrize(("text", "day"), WRITTEN)
def test_a_pull_gives_the_same_day_for_the_same_instant(tmp_path: Path, text: str, day: int) -> None:
    """Whether the source's `parse: date` brings it to a day, or landing does."""
    brought = pulled(Column.model_validate({"path": "done", "parse": "date"}), text)
    for number, given in enumerate((brought, pulled(Column.model_validate("done"), text))):
        (folder := tmp_path / str(number)).mkdir()
        batch = landed_parquet(folder, completed_on=pa.array([given]))
        assert batch.quarantined_count == 0, given
        assert [found.day for (found,) in rows(batch, "completed_on")] == [day]


def test_a_pulled_number_is_multiplied_where_the_source_says_so() -> None:
    double = Column.model_validate({"path": "done", "times": 2})
    assert [pulled(double, text) for text in ("1.5", "3", "two")] == ["3.0", "6.0", "two"]


def test_a_pulled_source_has_years_and_decimals_of_its_own(tmp_path: Path) -> None:
    spec = source("https://lms.example.org", decimal=",", plausible_years=[2000, 2030])
    options = Pulled(spec=spec, config_dir=tmp_path).options("America/Chicago")
    assert (options.decimal, options.plausible_years, options.timezone) == (",", (2000, 2030), "America/Chicago")
