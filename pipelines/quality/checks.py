"""The checks themselves, in this process; importing it takes 3 seconds (see `QualityWorker`)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines.quality import data_docs
from pipelines.quality.feed_rules import feed_suites
from pipelines.quality.results import CheckResult
from pipelines.quality.rules import Suite, literal
from pipelines.quality.table import Grain
from pipelines.quality.table_rules import DATABASE, table_suites
from pipelines.quality.validation import Verdict, validate

_verdicts: dict[str, Verdict] = {}  # the newest of each suite that ran in this process, for the Data Docs


def check_feeds(
    batches: Mapping[str, Sequence[Path]], catalogues: Mapping[str, Sequence[Path]] | None = None
) -> list[CheckResult]:
    """Check landed batches, and nothing that landed before them.

    `batches` are the rows.parquet files by feed. `catalogues` are the files, by feed, in which references are
    looked up (warnings); references to a feed that is not among them are not checked.
    """
    return _judge(feed_suites(batches, catalogues or {}), [])


def check_tables(
    metrics_path: Path,
    tables: Collection[str] | None = None,
    required: Collection[str] = (),
    grains: Mapping[str, Grain] | None = None,
) -> list[CheckResult]:
    """Check the tables of a DuckDB file, opened read-only.

    `tables` narrows the check to these ("marts.tier_tenure"); None: all there are. Each of `required` that the
    file does not hold is a failed error. `grains` says what a row of a table is.

    Raises:
        duckdb.Error: the file cannot be opened.
    """
    with duckdb.connect(":memory:") as probe:
        attach = f"attach {literal(str(metrics_path))} as {DATABASE} (read_only)"
        probe.execute(attach)
        columns: dict[str, dict[str, str]] = {}
        for table, column, kind in probe.execute(
            "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()"
            " where database_name = ? and not internal order by all",
            [DATABASE],
        ).fetchall():
            columns.setdefault(table, {})[column] = kind
    wanted = columns.keys() if tables is None else columns.keys() & set(tables)
    return _judge(table_suites(columns, sorted({*wanted, *required}), grains or {}), [attach])


def build_data_docs(folder: Path) -> None:
    """Render what was checked in this process as static HTML into `folder`.

    Suites that did not run this time keep the page and the index entry of when they last did.
    """
    data_docs.build(folder, list(_verdicts.values()), datetime.now(UTC))


def _judge(suites: Sequence[Suite], setup: Sequence[str]) -> list[CheckResult]:
    verdicts = validate(suites, setup)
    _verdicts.update({verdict.suite.name: verdict for verdict in verdicts})
    return [result for verdict in verdicts for result in verdict.results]
