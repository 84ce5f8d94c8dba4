"""Planted faults in landed batches and published tables, judged by Great Expectations in DuckDB."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import duckdb
import pytest

from pipelines.feeds import FEEDS
from pipelines.quality import checks
from pipelines.quality.outcomes import safe_message
from pipelines.quality.results import CheckResult, Severity
from pipelines.quality.rules import Suite, no_rows_where, not_null
from pipelines.quality.table import Grain
from pipelines.quality.validation import validate

NAME, EMPLOYEE = "Wilhelmina Quizzenberry", "E-777-QUIZ"

Landed = Callable[..., Path]


@pytest.fixture
def landed(tmp_path: Path) -> Landed:
    """Write rows of a feed as landing would; columns that a row leaves out are null."""

    def write(feed: str, *rows: Mapping[str, object]) -> Path:
        types = {column.landed_as: column.kind.duckdb_type for column in FEEDS[feed].columns}
        types |= {"is_deleted": "BOOLEAN", "source": "VARCHAR", "batch_seq": "BIGINT"}
        path = tmp_path / f"{feed}_{len(list(tmp_path.iterdir()))}.parquet"
        with duckdb.connect() as connection:
            columns = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
            connection.execute(f"create table landed ({columns})")
            for row in rows:
                complete = {"is_deleted": False, "source": "files", "batch_seq": 1, **row}
                marks = ", ".join("?" for _ in complete)
                names = ", ".join(f'"{name}"' for name in complete)
                connection.execute(f"insert into landed ({names}) values ({marks})", list(complete.values()))
            connection.execute(f"copy landed to '{path}' (format parquet)")
        return path

    return write


@pytest.fixture
def metrics(tmp_path: Path) -> Callable[..., Path]:
    """Write a DuckDB file with the given tables, each from a query."""

    def write(**tables: str) -> Path:
        path = tmp_path / "metrics.duckdb"
        with duckdb.connect(path) as connection:
            for name, query in tables.items():
                schema, _, table = name.partition("__")
                connection.execute(f"create schema if not exists {schema}")
                connection.execute(f"create table {schema}.{table} as {query}")
        return path

    return write


def failed(results: Iterable[CheckResult]) -> dict[str, tuple[Severity, int | None, int | None]]:
    return {
        result.name: (result.severity, result.unexpected_count, result.checked_count)
        for result in results
        if not result.passed
    }


COMPLETION = {"completion_id": "c1", "employee_id": EMPLOYEE, "course_id": "C1", "completed_on": "2024-01-01"}


def test_good_batches_pass_every_check(landed: Landed) -> None:
    rows = [COMPLETION, {**COMPLETION, "completion_id": "c2", "passed": True, "hours": 1.5}]
    results = checks.check_feeds({"completions": [landed("completions", rows[0]), landed("completions", rows[1])]})
    assert failed(results) == {}
    assert {result.checked_count for result in results} == {2}
    assert {(result.suite, result.table) for result in results} == {("landing.completions", "completions")}


def test_each_planted_fault_in_a_batch_is_counted(landed: Landed) -> None:
    good = {"employee_id": "E1", "effective_on": "2024-01-01", "sequence": 0, "event": "hire"}
    results = checks.check_feeds(
        {
            "job_history": [
                landed(
                    "job_history",
                    good,
                    {**good, "employee_id": None},
                    {**good, "employee_id": " E1"},
                    {**good, "event": "vanished"},
                    {**good, "event": None},
                    {**good, "event": None, "is_deleted": True},
                    {**good, "fte": 40.0},
                    {**good, "fte": float("nan")},
                    {**good, "sequence": None},
                    {**good, "effective_on": "0204-01-01"},
                    {**good, "is_deleted": None, "source": None, "batch_seq": 0},
                )
            ]
        }
    )
    rows = 11
    assert failed(results) == {
        "employee_id_is_known": (Severity.ERROR, 1, rows),
        "employee_id_is_well_formed": (Severity.ERROR, 1, rows),
        "event_is_listed": (Severity.ERROR, 1, rows),
        "event_is_known": (Severity.ERROR, 1, rows),
        "fte_is_in_range": (Severity.ERROR, 2, rows),
        "sequence_is_known": (Severity.ERROR, 1, rows),
        "effective_on_is_plausible": (Severity.WARNING, 1, rows),
        "is_deleted_is_known": (Severity.ERROR, 1, rows),
        "source_is_known": (Severity.ERROR, 1, rows),
        "batch_seq_is_in_range": (Severity.ERROR, 1, rows),
    }


def test_orphans_warn_against_the_whole_catalogue(landed: Landed) -> None:
    new, old = landed("completions", COMPLETION, {**COMPLETION, "course_id": "C9"}), landed("courses", {})
    known = landed("courses", {"course_id": "C1"})
    assert failed(checks.check_feeds({"completions": [new]}, {"courses": [old, known]})) == {
        "course_id_is_found": (Severity.WARNING, 1, 2)
    }


def test_an_unreadable_batch_fails_and_the_others_are_checked(landed: Landed, tmp_path: Path) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 this is no parquet PAR1")
    results = checks.check_feeds({"sites": [broken], "completions": [landed("completions", COMPLETION)]})
    assert failed(results) == {"can_be_read": (Severity.ERROR, None, None)}
    assert sum(result.suite == "landing.completions" for result in results) > 5


def test_odd_folder_names_are_no_patterns(landed: Landed, tmp_path: Path) -> None:
    folder = tmp_path / "it's [data] *"
    folder.mkdir()
    odd = landed("completions", COMPLETION).rename(folder / "rows.parquet")
    results = checks.check_feeds({"completions": [odd]}, {"courses": [odd]})
    assert {result.checked_count for result in results} == {1}
    assert failed(results) == {}


SPELL = """
    select '0123456789abcdef' as employee_key, 1 as employment_number, 1 as spell_number, 'T1' as tier,
        date '2024-01-01' as started_on, date '2024-02-01' as ended_on, 31 as days, 'hired' as start_reason,
        'separated_voluntary' as end_reason
"""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("1 as days", {}),
        ("null::int as days", {"days_is_known"}),
        ("0 as days", {"days_is_in_range"}),
        ("'bored' as end_reason", {"end_reason_is_listed"}),
        ("'open' as end_reason", {"open_has_no_end", "ended_says_why"}),
        ("date '2024-01-01' as ended_on", {"started_on_is_before_ended_on"}),
        ("'E-777-QUIZ' as employee_key", {"employee_key_is_well_formed"}),
    ],
)
def test_each_planted_fault_in_a_table_is_an_error(
    metrics: Callable[..., Path], change: str, expected: Iterable[str]
) -> None:
    results = checks.check_tables(metrics(core__fct_tier_spells=f"select * replace ({change}) from ({SPELL})"))
    assert failed(results) == dict.fromkeys(expected, (Severity.ERROR, 1, 1))
    assert all(result.stops_publish for result in results if not result.passed)


def test_a_doubled_row_and_a_broken_interval_are_counted(metrics: Callable[..., Path]) -> None:
    rate = "0.5 as a_rate, 0.6 as a_rate_low, 0.7 as a_rate_high"
    path = metrics(core__dim_sites="select unnest(['S1', 'S1']) as site_id", marts__new_figures=f"select {rate}")
    assert failed(checks.check_tables(path, grains={"core.dim_sites": Grain(("site_id",))})) == {
        "grain_is_unique": (Severity.ERROR, 1, 2),
        "a_rate_low_is_at_most_a_rate": (Severity.ERROR, 1, 1),
    }


def test_names_and_pay_in_a_published_table_are_errors(metrics: Callable[..., Path]) -> None:
    results = checks.check_tables(metrics(marts__leak=f"select '{NAME}' as full_name, 21.5 as hourly_rate"))
    assert failed(results).keys() == {"full_name_is_absent", "hourly_rate_is_absent"}


def test_references_between_tables_warn(metrics: Callable[..., Path]) -> None:
    results = checks.check_tables(
        metrics(
            core__dim_courses="select 'C1' as course_id",
            core__fct_completions="""
                select '0123456789abcdef' as employee_key, unnest(['C1', 'C2']) as course_id,
                    date '2024-01-01' as completed_on
            """,
        )
    )
    assert failed(results) == {"course_id_is_found": (Severity.WARNING, 1, 2)}


def test_only_the_tables_asked_for_are_checked_and_required_ones_must_be_there(metrics: Callable[..., Path]) -> None:
    path = metrics(core__dim_sites="select 'S1' as site_id", core__dim_tiers="select 'T1' as tier")
    results = checks.check_tables(path, tables=["core.dim_sites", "core.dim_skills"], required=["marts.tier_tenure"])
    assert {result.suite for result in results} == {"core.dim_sites", "marts.tier_tenure"}
    assert failed(results) == {"can_be_read": (Severity.ERROR, None, None)}


def test_a_missing_column_fails_its_own_check_alone(metrics: Callable[..., Path]) -> None:
    results = checks.check_tables(metrics(core__dim_tiers="select 'T1' as tier, 1 as rank"))
    assert failed(results) == {"track_is_known": (Severity.ERROR, None, None)}
    [track] = [result for result in results if not result.passed]
    assert "track" in track.detail and "not found" in track.detail


def test_a_check_that_raises_fails_alone_and_quotes_no_value() -> None:
    suite = Suite(
        "marts.people",
        f"(select '{NAME}' as who)",
        (not_null("who"), no_rows_where("raises", "who::int > 1", "who is small", ["who"])),
    )
    [verdict] = validate([suite])
    assert failed(verdict.results) == {"raises": (Severity.ERROR, None, None)}
    assert [result.name for result in verdict.results] == ["who_is_known", "raises"]
    assert "ConversionException" in verdict.results[1].detail
    assert NAME not in str(verdict.outcome)


def test_messages_of_errors_raised_over_rows_are_withheld() -> None:
    raised = f"(_duckdb.ConversionException) Conversion Error: Could not convert string '{NAME}' to INT32"
    assert safe_message(raised, raised) == "ConversionException"
    assert safe_message("ValueError", f"bad {NAME}") == "error"


def test_no_value_reaches_results_or_data_docs(
    landed: Landed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("HOME", str(elsewhere))
    person = {"employee_id": f" {EMPLOYEE}", "full_name": NAME, "work_email": "wq@example.com"}
    results = checks.check_feeds({"employees": [landed("employees", person, {**person, "full_name": None})]})
    docs = tmp_path / "docs"
    checks.build_data_docs(docs)
    written = "".join(path.read_text("utf-8") for path in docs.iterdir())
    heard = capfd.readouterr()
    assert failed(results).keys() == {"employee_id_is_well_formed", "full_name_is_known"}
    everything = json.dumps([result.as_record() for result in results]) + written + heard.out + heard.err
    for secret in (NAME, EMPLOYEE, "example.com", str(tmp_path)):
        assert secret not in everything
    assert (heard.out, heard.err) == ("", "")
    assert list(elsewhere.iterdir()) == []


def test_data_docs_need_no_network_and_keep_suites_that_did_not_run(
    metrics: Callable[..., Path], tmp_path: Path
) -> None:
    docs = tmp_path / "docs"
    checks.check_tables(metrics(core__dim_sites="select null as site_id"))
    checks.build_data_docs(docs)
    page = (docs / "core.dim_sites.html").read_text("utf-8")
    assert "site_id is never null (critical)" in page
    assert "1 of 1 rows" in page
    known = json.loads((docs / "index.json").read_text("utf-8"))
    known["core.ran_before"] = {**known["core.dim_sites"], "table": "ran_before", "result": "passed", "page": None}
    (docs / "index.json").write_text(json.dumps(known), encoding="utf-8")
    checks.build_data_docs(docs)
    index = (docs / "index.html").read_text("utf-8")
    assert "ran_before" in index and 'href="core.dim_sites.html"' in index
    for text in (page, index):
        assert "http://" not in text and "https://" not in text and "<script" not in text
