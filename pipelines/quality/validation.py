"""Runs suites with Great Expectations over views in an in-memory DuckDB; importing it takes 3 seconds.

The library keeps its project in memory, sends no analytics, logs nothing (its messages quote rows), and reads the
data only through SQL. A rule that cannot be evaluated is a failure: `success` alone would not say so.
"""

import itertools
import logging
import os
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read when the library is imported

import great_expectations as gx
from great_expectations.core.expectation_validation_result import (
    ExpectationSuiteValidationResult,
)
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.execution_engine import sqlalchemy_execution_engine
from great_expectations.expectations.metadata_types import FailureSeverity

from pipelines.quality import duckdb_dialect
from pipelines.quality.expectation import ExpectNoViolations
from pipelines.quality.outcomes import check_results, raised, safe_message, scrub, unreadable
from pipelines.quality.results import CheckResult, Severity
from pipelines.quality.rules import TABLE, Rule, Suite, quoted

logging.getLogger("great_expectations").setLevel(logging.CRITICAL + 1)
duckdb_dialect.register()


class _DialectName(str):
    """A text that also answers to `.value`, as the library's own enumeration of dialects does."""

    value = duckdb_dialect.NAME


# The library closes the connection before it fetches, unless the dialect is known to need it kept open.
sqlalchemy_execution_engine._PERSISTED_CONNECTION_DIALECTS = (  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue]
    *sqlalchemy_execution_engine._PERSISTED_CONNECTION_DIALECTS,  # pyright: ignore[reportPrivateUsage]
    _DialectName(duckdb_dialect.NAME),
)

_SEVERITIES = {Severity.ERROR: FailureSeverity.CRITICAL, Severity.WARNING: FailureSeverity.WARNING}
_database_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one suite came to; `outcome` is None when its relation could not be opened."""

    suite: Suite
    results: tuple[CheckResult, ...]
    outcome: ExpectationSuiteValidationResult | None


def validate(suites: Iterable[Suite], setup: Sequence[str] = ()) -> list[Verdict]:
    """Judge suites after running the `setup` statements (ATTACH and the like) on an empty in-memory database.

    Raises:
        duckdb.Error: a setup statement failed.
    """
    with _database(setup) as (name, connection):
        suites = list(suites)
        failures = {suite.name: _open_view(connection, suite) for suite in suites}
        opened = [suite for suite in suites if failures[suite.name] is None]
        outcomes = _run(name, connection, opened)
        verdicts: list[Verdict] = []
        for suite in suites:
            failure = failures[suite.name]
            if failure is not None:
                verdicts.append(Verdict(suite, (unreadable(suite, failure),), None))
            else:
                outcome = outcomes[suite.name]
                results = tuple(check_results(suite, outcome.results))
                verdicts.append(Verdict(suite, results, outcome))
        return verdicts


@contextmanager
def _database(setup: Sequence[str]) -> Generator[tuple[str, duckdb.DuckDBPyConnection]]:
    """Open a named in-memory database: the same name opens the same one, within this process."""
    name = f":memory:checks_{next(_database_numbers)}"
    with duckdb.connect(name) as connection:
        connection.execute("set autoinstall_known_extensions = false")  # nothing is fetched
        connection.execute("set temp_directory = ''")  # nothing is written
        for statement in setup:
            connection.execute(statement)
        yield name, connection


def _open_view(connection: duckdb.DuckDBPyConnection, suite: Suite) -> str | None:
    """Make the view that the suite looks at; return what went wrong, if anything did."""
    view = quoted(suite.view)
    try:
        connection.execute(f"create view {view} as select * from {suite.source}")
        connection.execute(f"select 1 from {view} limit 1")
    except duckdb.Error as error:
        return safe_message(f"{type(error).__module__}.{type(error).__name__}", str(error))
    return None


def _run(
    database: str, connection: duckdb.DuckDBPyConnection, suites: Sequence[Suite]
) -> dict[str, ExpectationSuiteValidationResult]:
    if not suites:
        return {}
    known_columns: dict[str, set[str]] = {
        table: set(names)
        for table, names in connection.execute(
            "select table_name, list(column_name) from duckdb_columns() where schema_name = 'main' group by all"
        ).fetchall()
    }
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    # All assets in one call: each later addition would write the whole configuration out again (7 ms).
    source = context.data_sources.add_sql(
        name="checks",
        connection_string=f"duckdb:///{database}",
        create_temp_table=False,
        assets=[  # pyright: ignore[reportCallIssue]
            {
                "name": suite.name,
                "type": "table",
                "table_name": suite.view,
                "batch_definitions": [{"name": "all"}],
            }
            for suite in suites
        ],
    )
    try:
        return {
            suite.name: _validated(
                source.get_asset(suite.name).get_batch_definition("all").get_batch(),
                suite,
                known_columns[suite.view],
            )
            for suite in suites
        }
    finally:
        source.get_execution_engine().close()  # the checked file stays locked while a connection is open
        source.get_engine().dispose()


def _validated(batch: Any, suite: Suite, columns: set[str]) -> ExpectationSuiteValidationResult:
    """Validate all rules in one query; those that raise, or would, again one by one to tell which is at fault."""

    def judged(rules: Sequence[Rule]) -> ExpectationSuiteValidationResult:
        expectations = [_expectation(suite, rule) for rule in rules]
        return batch.validate(gx.ExpectationSuite(name=suite.name, expectations=expectations))

    together = [rule for rule in suite.rules if columns.issuperset(rule.columns)]
    outcome = judged(together)
    results = outcome.results
    alone = [rule for rule in suite.rules if rule not in together]
    if any(raised(result) for result in results):
        alone, results = list(suite.rules), []
    results = [*results, *(result for rule in alone for result in judged([rule]).results)]
    for result in results:
        scrub(result)
    passed = sum(bool(result.success) for result in results)
    outcome.results = results
    outcome.success = passed == len(results)
    outcome.statistics = {
        "evaluated_expectations": len(results),
        "successful_expectations": passed,
        "unsuccessful_expectations": len(results) - passed,
        "success_percent": 100 * passed / len(results) if results else None,
    }
    return outcome


def _expectation(suite: Suite, rule: Rule) -> ExpectNoViolations:
    return ExpectNoViolations(
        violations=rule.violations.replace(TABLE, quoted(suite.view)),
        claim=rule.claim,
        column=rule.column,
        severity=_SEVERITIES[rule.severity],
        meta={"rule": rule.name},
    )
