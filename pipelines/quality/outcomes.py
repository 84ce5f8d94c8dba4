"""Reads what Great Expectations says of a suite: an exception is a failure, and is told without quoting a row."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from great_expectations.core.expectation_validation_result import ExpectationValidationResult

from pipelines.quality.results import CheckResult, Severity
from pipelines.quality.rules import Suite

_RAISED_BEFORE_READING = frozenset({"BinderException", "CatalogException", "ParserException"})


def _exceptions(result: ExpectationValidationResult) -> list[dict[str, Any]]:
    """The exceptions behind a result: the library files them either flat or by metric."""
    info = result.exception_info or {}
    entries = [info] if "raised_exception" in info else list(info.values())
    return [entry for entry in entries if entry["raised_exception"]]


def raised(result: ExpectationValidationResult) -> bool:
    """Whether the check could not be carried out; `success` alone would not say so."""
    return bool(_exceptions(result))


def scrub(result: ExpectationValidationResult) -> None:
    """Keep of an exception only what cannot quote a row."""
    exceptions = _exceptions(result)
    if exceptions:
        message = str(exceptions[0]["exception_message"])
        result.success = False
        result.exception_info = {
            "raised_exception": True,
            "exception_message": safe_message(message, message),
            "exception_traceback": "",
        }


def safe_message(kind: str, message: str) -> str:
    """Return an error of DuckDB without values: messages of errors raised while reading rows quote them.

    `kind` holds the exception's name somewhere, as in "(_duckdb.BinderException) ...".
    """
    found = re.search(r"duckdb\.(\w+)", kind)
    name = found.group(1) if found else "error"
    if name not in _RAISED_BEFORE_READING:
        return name
    text = message.partition("\n\nLINE")[0].partition("\n[SQL")[0]
    return " ".join(text.removeprefix(f"(_duckdb.{name})").split())


def check_results(suite: Suite, outcomes: Iterable[ExpectationValidationResult]) -> Iterator[CheckResult]:
    """Yield a result for each rule of the suite, in the suite's order."""
    by_rule = {outcome.expectation_config.meta["rule"]: outcome for outcome in outcomes}  # pyright: ignore[reportOptionalMemberAccess, reportOptionalSubscript]
    for rule in suite.rules:
        outcome = by_rule[rule.name]
        exceptions = _exceptions(outcome)
        detail = rule.claim
        if exceptions:
            detail += f"; could not be checked: {exceptions[0]['exception_message']}"
        yield CheckResult(
            suite=suite.name,
            table=suite.table,
            name=rule.name,
            column=rule.column,
            severity=rule.severity,
            passed=bool(outcome.success) and not exceptions,
            unexpected_count=None if exceptions else outcome.result["unexpected_count"],
            checked_count=None if exceptions else outcome.result["element_count"],
            detail=detail,
        )


def unreadable(suite: Suite, reason: str) -> CheckResult:
    """Return the one result of a suite whose relation cannot be opened, `reason` being a safe message."""
    return CheckResult(
        suite=suite.name,
        table=suite.table,
        name="can_be_read",
        column=None,
        severity=Severity.ERROR,
        passed=False,
        unexpected_count=None,
        checked_count=None,
        detail=f"{suite.table} can be read; it cannot: {reason}",
    )
